import type { Code, WireError } from "./protocol.gen.js";

/**
 * The server's codes, of which a newer server may have more, and two of the
 * client's own: CLIENT_CLOSED after close(), CONNECTION_LOST while there is
 * no connection.
 */
export type ErrorCode = Code | "CLIENT_CLOSED" | "CONNECTION_LOST" | (string & {});

/** What a command rejects with, and why a connection is lost or closed. Go by the code. */
export class ParleyError extends Error {
  override readonly name = "ParleyError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Whether the very same command can succeed later. */
    readonly retryable = false,
    /** When a retry makes sense, if the server says so. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

export function errorFromWire(e: WireError): ParleyError {
  return new ParleyError(e.code, e.message, e.retryable, e.retryAfterMs);
}

export function connectionLost(why: string): ParleyError {
  return new ParleyError("CONNECTION_LOST", why, true);
}
