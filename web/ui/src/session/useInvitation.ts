import { useEffect, useRef, useState } from "react";

import type { InvitationAnswer } from "parley-client";

import { invitation } from "../core/api.ts";
import { endOf, pauseBefore, refusal, type StateName } from "../core/states.ts";

/** What is known about an invite. */
export type Invited =
  | { state: "asking" }
  /** The server gave no answer. again asks at once; otherwise it is asked after a while. */
  | { state: "unknown"; error: unknown; again(): void }
  | { state: "good"; invitation: InvitationAnswer }
  | { state: "refused"; why: StateName };

/**
 * Asks the server what an invite is for until it answers, and again when the page comes
 * back into sight: the host may have changed the mode or closed the session. The last
 * answer is kept until there is a new one.
 */
export function useInvitation(session: string, invite: string): Invited {
  const [invited, setInvited] = useState<Invited>({ state: "asking" });
  const [round, setRound] = useState(0);
  const failures = useRef(0);
  const good = invited.state === "good";
  useEffect(() => {
    const given = new AbortController();
    const again = () => setRound((n) => n + 1);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const failed = (error: unknown) => {
      const why = refusal(error);
      if (why) return setInvited({ state: "refused", why });
      setInvited((now) => (now.state === "good" ? now : { state: "unknown", error, again }));
      timer = setTimeout(again, pauseBefore(++failures.current, error));
      window.addEventListener("online", again, { signal: given.signal });
    };
    const answered = (answer: InvitationAnswer) => {
      const why = endOf(answer);
      setInvited(why ? { state: "refused", why } : { state: "good", invitation: answer });
      failures.current = 0;
    };
    invitation(session, invite, given.signal).then(
      (answer) => given.signal.aborted || answered(answer),
      (error: unknown) => given.signal.aborted || failed(error),
    );
    return () => {
      given.abort();
      clearTimeout(timer);
    };
  }, [session, invite, round]);
  useEffect(() => {
    if (!good) return;
    const left = new AbortController();
    const look = () => document.hidden || setRound((n) => n + 1);
    window.addEventListener("focus", look, { signal: left.signal });
    document.addEventListener("visibilitychange", look, { signal: left.signal });
    return () => left.abort();
  }, [good]);
  return invited;
}
