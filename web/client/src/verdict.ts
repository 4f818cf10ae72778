import { ParleyError } from "./errors.js";
import type { WebSocketLike } from "./options.js";
import type { CloseReason } from "./state.js";

/** Why a connection has ended. */
export interface Ended {
  error: ParleyError;
  /** The close code, if there was one. */
  code?: number | undefined;
  /** The pause that the last error before the end asked for, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Whether the error is the server's answer to the first command. */
  refused?: boolean;
  /** Whether the connection was in doubt and did not answer. */
  dead?: boolean;
  /** The WebSocket that replaces a connection over plain HTTP. */
  upgrade?: WebSocketLike;
}

/** What follows the end of a connection. */
export type Verdict =
  | { stop: CloseReason; error: ParleyError }
  /** Reconnect: at once unless that loops, or after pauseMs at the earliest. */
  | { stop?: undefined; atOnce: boolean; pauseMs: number };

/**
 * Applies the rules for close codes: 40xx reconnect, 44xx stop, except 4429. Anything
 * else is a broken network, which may recover.
 */
export function judge(ended: Ended, rateLimitPauseMs: number): Verdict {
  const { code = 0, error, refused } = ended;
  if (refused && !error.retryable) {
    return { stop: reasons[error.code] ?? "refused", error };
  }
  if (code === 4429 || error.code === "RATE_LIMITED") {
    const asked = error.retryAfterMs ?? ended.retryAfterMs;
    return { atOnce: false, pauseMs: asked ?? rateLimitPauseMs };
  }
  if (!refused && isFinal(code)) {
    const [reason, name] = closeCodes[code] ?? ["protocol", "INVALID_REQUEST"];
    return { stop: reason, error: new ParleyError(name, error.message) };
  }
  return { atOnce: code === 4002, pauseMs: error.retryAfterMs ?? 0 };
}

function isFinal(code: number): boolean {
  return [1000, 1007, 1009].includes(code) || (code >= 4400 && code < 4500);
}

/** Reports whether a close code is the server's, and not that of a broken network. */
export function isMeant(code: number): boolean {
  return isFinal(code) || [1001, 1012, 1013].includes(code) || (code >= 4000 && code < 4100);
}

const closeCodes: Record<number, [CloseReason, string]> = {
  1000: ["left", "PARTICIPANT_INACTIVE"],
  1007: ["protocol", "INVALID_REQUEST"],
  1009: ["protocol", "TOO_LARGE"],
  4401: ["refused", "UNAUTHORIZED"],
  4403: ["removed", "PARTICIPANT_REMOVED"],
  4404: ["not_found", "SESSION_NOT_FOUND"],
  4409: ["ended", "SESSION_INACTIVE"],
};

const reasons: Record<string, CloseReason> = {
  PARTICIPANT_INACTIVE: "left",
  PARTICIPANT_REMOVED: "removed",
  SESSION_NOT_FOUND: "not_found",
  NOT_FOUND: "not_found",
  SESSION_INACTIVE: "ended",
};
