/** Which page tells why one is not in a session. */

import type { t } from "../texts.ts";

export type StateName = Exclude<keyof (typeof t)["state"], "rejoin" | "reload" | "anotherName">;

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

export function stateFor(reason: string, code: string): StateName {
  const named = byCode[code];
  if (named) return named;
  if (reason === "protocol") return "protocol";
  return "failed";
}
