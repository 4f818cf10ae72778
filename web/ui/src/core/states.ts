/** Which page tells why one is not in a session. */

import type { t } from "../texts.ts";

type Actions = "rejoin" | "reload" | "anotherName" | "comeBack" | "read" | "because";

export type StateName = Exclude<keyof (typeof t)["state"], Actions>;

const byCode: Record<string, StateName> = {
  INVALID_INVITE_TOKEN: "wrongInvite",
  INVALID_PARTICIPANT_TOKEN: "badCredentials",
  PARTICIPANT_NOT_FOUND: "badCredentials",
  UNAUTHORIZED: "badCredentials",
  PARTICIPANT_INACTIVE: "left",
  PARTICIPANT_REMOVED: "removed",
  SESSION_NOT_FOUND: "notFound",
  NOT_FOUND: "notFound",
  SESSION_INACTIVE: "ended",
  TOO_MANY_PARTICIPANTS: "full",
  USER_ALREADY_JOINED: "taken",
};

/** The reason of a removal in the server's message; "" without one. */
export function reasonIn(message: string): string {
  return /^the host has removed you: (.+)$/s.exec(message)?.[1] ?? "";
}

export function stateFor(reason: string, code: string): StateName {
  const named = byCode[code];
  if (named) return named;
  if (reason === "protocol") return "protocol";
  return "failed";
}
