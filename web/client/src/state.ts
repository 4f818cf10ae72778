import type { ParleyError } from "./errors.js";
import type { AnyEvent, SessionEvent, TypingNotice, Welcome } from "./protocol.gen.js";
import { eventTypes } from "./protocol.gen.js";

/**
 * Why a client has ended for good:
 *
 * - closed: close() was called
 * - left: the participant has left
 * - removed: the host has removed the participant
 * - ended: the session was closed or has expired
 * - not_found: there is no such session
 * - refused: the link is not good, or what was asked for; the error's code says more
 * - protocol: the server does not understand this client
 */
export type CloseReason =
  "closed" | "left" | "removed" | "ended" | "not_found" | "refused" | "protocol";

/**
 * How the connection is.
 *
 * - connecting: there has been none yet
 * - live: over a WebSocket
 * - fallback: over plain HTTP, without presence and typing
 * - reconnecting: it was lost. Commands wait, and are sent again under their ids
 * - closed: for good
 *
 * While the client waits for the next attempt retryInMs says how long.
 */
export type ConnectionState =
  | { state: "connecting" | "reconnecting"; error?: ParleyError; retryInMs?: number }
  | { state: "live" | "fallback" }
  | { state: "closed"; reason: CloseReason; error: ParleyError };

/** A line of a type that this version does not know. */
export interface UnknownLine {
  type: string;
  [member: string]: unknown;
}

/** Who has a connection: all of them, each time. */
export interface Present {
  participants: string[];
}

/** What on() hands out, by its name. */
export interface Happenings {
  /**
   * Where the story begins: once at first, and again where resume is "gap",
   * when all that was known before is void.
   */
  welcome: Welcome;
  /** What happened, in order, each once. */
  event: SessionEvent;
  /** An event or a line of a type that this version does not know. */
  unknown: UnknownLine;
  /** All participants who have a connection, by id. */
  presence: Present;
  typing: TypingNotice;
  connection: ConnectionState;
  /** An error of the server that answers no command. */
  error: ParleyError;
}

/** Tells the events of this version, as they stand in recent and in history. */
export function isKnownEvent(event: AnyEvent): event is SessionEvent {
  return (eventTypes as readonly string[]).includes(event.type);
}
