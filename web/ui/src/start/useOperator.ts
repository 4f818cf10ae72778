import { useCallback, useEffect, useState } from "react";

import { describe, signIn, signOut } from "../core/operator.ts";
import { errorText } from "../parts/toasts.ts";

/** What the user may see on the start page. */
export type Operator =
  | { state: "asking" }
  /** The server asks for a key. */
  | { state: "signedOut"; failed: string | null }
  /** The server asks for none, or the user has one with that name. */
  | { state: "in"; name: string | null };

/** Tells whether the user may see the sessions, after it has used the code of a sign-in link. */
export function useOperator(code: string | undefined) {
  const [operator, setOperator] = useState<Operator>({ state: "asking" });
  const look = useCallback(async (failed: string | null = null) => {
    // Whatever the lists say is shown if the server does not answer this.
    const server = await describe().catch(() => ({ protected: false, operator: null }));
    if (server.protected && server.operator === null) setOperator({ state: "signedOut", failed });
    else setOperator({ state: "in", name: server.operator });
  }, []);
  useEffect(() => {
    const enter = async () => {
      const failed = code && (await once(code).catch((e: unknown) => errorText(e)));
      await look(failed || null);
    };
    void enter();
  }, [code, look]);
  const leave = useCallback(async () => {
    await signOut();
    await look();
  }, [look]);
  return { operator, look, leave };
}

const used = new Map<string, Promise<void>>();

/** Signs in by a code, which is valid once, however often the page is rendered. */
function once(code: string): Promise<void> {
  const signing = used.get(code) ?? signIn({ code });
  used.set(code, signing);
  return signing;
}
