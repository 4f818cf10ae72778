import { useEffect, useState } from "react";

import type { InvitationAnswer } from "parley-client";

import { invitation } from "../core/api.ts";
import { endOf, pauseBefore, refusal, type StateName } from "../core/states.ts";

/** What is known of an invite. */
export type Invited =
  | { state: "asking" }
  /** The server did not say; again asks at once, and so does time. */
  | { state: "unknown"; error: unknown; again(): void }
  | { state: "good"; invitation: InvitationAnswer }
  | { state: "refused"; why: StateName };

/** Asks the server what an invite is for, until it says so. */
export function useInvitation(session: string, invite: string): Invited {
  const [invited, setInvited] = useState<Invited>({ state: "asking" });
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    const given = new AbortController();
    const again = () => setFailures((n) => n + 1);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const failed = (error: unknown) => {
      const why = refusal(error);
      if (why) return setInvited({ state: "refused", why });
      setInvited({ state: "unknown", error, again });
      timer = setTimeout(again, pauseBefore(failures + 1, error));
      window.addEventListener("online", again, { signal: given.signal });
    };
    const answered = (answer: InvitationAnswer) => {
      const why = endOf(answer);
      setInvited(why ? { state: "refused", why } : { state: "good", invitation: answer });
    };
    invitation(session, invite, given.signal).then(
      (answer) => given.signal.aborted || answered(answer),
      (error: unknown) => given.signal.aborted || failed(error),
    );
    return () => {
      given.abort();
      clearTimeout(timer);
    };
  }, [session, invite, failures]);
  return invited;
}
