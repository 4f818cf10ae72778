import { useEffect, useRef, useState } from "react";
import { connect, type SessionClient } from "./session.js";
import type { Link } from "./link.js";
import type { Options } from "./options.js";
import type { Welcome } from "./protocol.gen.js";
import type { ConnectionState, Happenings } from "./state.js";

/** Handlers by the name of what they hear, and from which session. */
export type Handlers = {
  [Type in keyof Happenings]?: (value: Happenings[Type], session: SessionClient) => void;
};

export interface UseSession {
  /** Undefined until the first effect has run, and while there is no link. */
  session: SessionClient | undefined;
  connection: ConnectionState;
  /** The last one: a new one after a gap, when all that was known before is void. */
  welcome: Welcome | undefined;
  presence: string[];
}

const names = ["welcome", "event", "unknown", "presence", "typing", "connection", "error"] as const;
const nothing: Omit<UseSession, "session"> = {
  connection: { state: "connecting" },
  welcome: undefined,
  presence: [],
};

/**
 * Connects while the component is there, anew for another link and never for
 * other options or handlers. The handlers of the last rendering hear all there
 * is from the very first event on, until the "closed" that follows on the
 * component's end. Without a link it does nothing.
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
  const key = typeof link === "object" ? JSON.stringify(link) : link;
  useEffect(() => {
    if (!link) return;
    const s = connect(link, latest.current.options);
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
  }, [key]);
  return { session, ...state };
}
