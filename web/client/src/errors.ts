import type { AuthMethod, Code, WireError } from "./protocol.gen.js";

/**
 * The codes of errors: those of the server, of which newer servers may have more, and
 * three of the client itself: CLIENT_CLOSED after close(), CONNECTION_LOST while there is
 * no connection, and SERVER_UNREACHABLE for a request of a Server without its answer.
 */
export type ErrorCode =
  Code | "CLIENT_CLOSED" | "CONNECTION_LOST" | "SERVER_UNREACHABLE" | (string & {});

/**
 * The error of a rejected command, and of a lost or closed connection. Decide by its
 * code, never by its message.
 */
export class ParleyError extends Error {
  override readonly name = "ParleyError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Whether the same command may succeed later. */
    readonly retryable = false,
    /** The least time to wait before a retry, in milliseconds, if the server gave one. */
    readonly retryAfterMs?: number,
    /** The name of the field of a form that has a wrong value. */
    readonly field?: string,
    /** Of AGENT_AUTH_REQUIRED: the ways to sign in, if they are known. */
    readonly authMethods?: readonly AuthMethod[],
  ) {
    super(message);
  }
}

/** Returns the error of an answer. */
export function errorFromWire(e: WireError): ParleyError {
  return new ParleyError(e.code, e.message, e.retryable, e.retryAfterMs, e.field);
}

/** Returns the error of a lost connection. It is retryable. */
export function connectionLost(why: string): ParleyError {
  return new ParleyError("CONNECTION_LOST", why, true);
}
