/** The React hook of the client. It needs React 18 or later. */

import { useEffect, useMemo, useRef, useState } from "react";
import { connect, type SessionClient } from "./session.js";
import type { Link } from "./link.js";
import type { Options } from "./options.js";
import type { Welcome } from "./protocol.gen.js";
import type { ConnectionState, SessionEvents } from "./state.js";

/** Handlers by the name of the event that they handle. Each receives the session that it is from. */
export type Handlers = {
  [Type in keyof SessionEvents]?: (value: SessionEvents[Type], session: SessionClient) => void;
};

/** What {@link useSession} returns. */
export interface UseSession {
  /** Undefined until the first effect has run, and while there is no link. */
  session: SessionClient | undefined;
  /** The state of the connection. */
  connection: ConnectionState;
  /** The last welcome. After a gap there is a new one, and everything known before is void. */
  welcome: Welcome | undefined;
  /** The ids of the participants who have a live connection. */
  presence: string[];
}

const names = ["welcome", "event", "unknown", "presence", "typing", "connection", "error"] as const;
const nothing: Omit<UseSession, "session"> = {
  connection: { state: "connecting" },
  welcome: undefined,
  presence: [],
};

/**
 * Connects to a session while the component is mounted. It connects anew when
 * the link changes, but not when options or handlers do. The handlers of the
 * last render receive everything from the first event on, up to the "closed"
 * connection state when the component is unmounted. Without a link the hook does
 * nothing.
 */
export function useSession(
  link: string | Link | undefined,
  options: Options = {},
  handlers: Handlers = {},
): UseSession {
  const [session, setSession] = useState<SessionClient>();
  const [state, setState] = useState(nothing);
  const latest = useRef({ options, handlers });
  useEffect(() => {
    latest.current = { options, handlers };
  });
  const key = JSON.stringify(link); // an equal link is the same link
  const target = useMemo(() => (key ? (JSON.parse(key) as string | Link) : undefined), [key]);
  useEffect(() => {
    if (!target) return;
    const s = connect(target, latest.current.options);
    for (const name of names) {
      s.on(name, (value) => latest.current.handlers[name]?.(value as never, s));
    }
    s.on("connection", (connection) => setState((old) => ({ ...old, connection })));
    s.on("welcome", (welcome) => {
      setState((old) => ({ ...old, welcome, presence: welcome.presence }));
    });
    s.on("presence", ({ participants }) => setState((old) => ({ ...old, presence: participants })));
    setSession(s);
    return () => {
      s.close();
      setSession(undefined);
      setState(nothing);
    };
  }, [target]);
  return { session, ...state };
}
