import { useCallback, useEffect, useState } from "react";

import type { ServerAnswer } from "parley-client";

import { comeBack, describe, signIn, signOut } from "../core/operator.ts";
import { server } from "../core/place.ts";
import { errorText } from "../parts/toasts.ts";

/** What the user may see on the start page. */
export type Operator =
  | { state: "asking" }
  /** The server asks for a key. */
  | { state: "signedOut"; failed: string | null; provider: string | null }
  /** The server asks for none, or the user is signed in under that name. */
  | { state: "in"; name: string | null };

/** Tells whether the user may see the sessions, after it has used the code of a sign-in link. */
export function useOperator(code: string | undefined, back: boolean) {
  const [operator, setOperator] = useState<Operator>({ state: "asking" });
  const look = useCallback(async (failed: string | null = null) => {
    // Whatever the lists say is shown if the server does not answer this.
    const answer: ServerAnswer = await describe().catch(() => ({
      protected: false,
      operator: null,
    }));
    const name = answer.operator ?? answer.identity?.name ?? null;
    const provider = answer.provider?.name ?? null;
    if (answer.protected && name === null) setOperator({ state: "signedOut", failed, provider });
    else setOperator({ state: "in", name });
  }, []);
  useEffect(() => {
    const enter = async () => {
      const failed = await (back ? returned() : code ? once(code) : Promise.resolve()).then(
        () => null,
        (e: unknown) => errorText(e),
      );
      await look(failed);
    };
    void enter();
  }, [code, back, look]);
  const leave = useCallback(async () => {
    await signOut();
    await look();
  }, [look]);
  return { operator, look, leave };
}

let returning: Promise<void> | undefined;

/** Ends a sign-in at the identity provider, once, and goes on to where it began. */
function returned(): Promise<void> {
  returning ??= comeBack().then((address) => {
    if (address?.startsWith(`${server()}/s/`)) location.replace(address);
  });
  return returning;
}

const used = new Map<string, Promise<void>>();

/** Signs in by a code, which is valid once, however often the page is rendered. */
function once(code: string): Promise<void> {
  const signing = used.get(code) ?? signIn({ code });
  used.set(code, signing);
  return signing;
}
