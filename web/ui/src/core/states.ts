/** Which page says why the user is not in a session. */

import { ParleyError, type InvitationAnswer } from "parley-client";

import type { t } from "../texts/outside.ts";

type Actions = "rejoin" | "reload" | "anotherName" | "comeBack" | "read" | "because" | "signInGo";

export type StateName = Exclude<keyof (typeof t)["state"], Actions>;

const byCode: Record<string, StateName> = {
  INVALID_INVITE_TOKEN: "wrongInvite",
  INVALID_PARTICIPANT_TOKEN: "badCredentials",
  PARTICIPANT_NOT_FOUND: "badCredentials",
  UNAUTHORIZED: "signIn",
  INVALID_IDENTITY: "signIn",
  PARTICIPANT_INACTIVE: "left",
  PARTICIPANT_REMOVED: "removed",
  SESSION_NOT_FOUND: "notFound",
  NOT_FOUND: "notFound",
  SESSION_INACTIVE: "ended",
  TOO_MANY_PARTICIPANTS: "full",
  USER_ALREADY_JOINED: "taken",
};

/** Returns the reason of a removal from the server's message; "" without one. */
export function reasonIn(message: string): string {
  return /^the host (?:has )?removed you: (.+)$/s.exec(message)?.[1] ?? "";
}

/** Returns the page for the close reason of a connection and the code of its error. */
export function stateFor(reason: string, code: string): StateName {
  const named = byCode[code];
  if (named) return named;
  if (reason === "protocol") return "protocol";
  return "failed";
}

/** Returns why the server refuses an invite; null if it may accept it later, or gave no answer. */
export function refusal(error: unknown): StateName | null {
  const refused = error instanceof ParleyError && !error.retryable && error.code !== "INTERNAL";
  return refused ? stateFor("", error.code) : null;
}

/** Returns how the session of an invitation has ended; null if it has not. */
export function endOf({ session }: InvitationAnswer): StateName | null {
  if (session.status === "active") return null;
  return session.status === "expired" ? "expired" : "ended";
}

const maxPauseMs = 15_000;

/** Returns how long to wait, in milliseconds, before the server is asked again after that many failures. */
export function pauseBefore(failures: number, error: unknown): number {
  const asked = error instanceof ParleyError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(maxPauseMs, 1_000 * 2 ** (failures - 1)));
}
