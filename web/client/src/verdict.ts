import { ParleyError } from "./errors.js";
import type { WebSocketLike } from "./options.js";
import type { CloseReason } from "./state.js";

/** Why a connection has ended. */
export interface Ended {
  error: ParleyError;
  /** The close code, where there was one. */
  code?: number | undefined;
  /** What the last error before it asked for. */
  retryAfterMs?: number | undefined;
  /** The error is the server's answer to the first command. */
  refused?: boolean;
  /** It was in doubt, and did not answer. */
  dead?: boolean;
  /** Not lost, but given up for a WebSocket that can be had again. */
  upgrade?: WebSocketLike;
}

/** What to do about it. */
export type Verdict =
  | { stop: CloseReason; error: ParleyError }
  /** Come back: at once, if that is not a loop, or not before pauseMs. */
  | { stop?: undefined; atOnce: boolean; pauseMs: number };

/**
 * Reads the rule of close codes: 40xx come back, 44xx stop, but for 4429.
 * Whatever is none of those is a broken network and heals.
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

/** Whether the code is the server's word, and not that of a broken network. */
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
