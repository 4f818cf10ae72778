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
 * - refused: the server refuses the link or the request; the error's code tells why
 * - protocol: the server does not understand this client
 */
export type CloseReason =
  "closed" | "left" | "removed" | "ended" | "not_found" | "refused" | "protocol";

/**
 * The state of a connection.
 *
 * - connecting: there has been no connection yet
 * - live: connected over a WebSocket
 * - fallback: connected over plain HTTP, without presence and typing
 * - reconnecting: the connection was lost. Commands wait, and are sent again under their ids
 * - closed: the client has ended for good
 *
 * While the client waits for its next attempt, retryInMs is the length of that wait.
 */
export type ConnectionState =
  | { state: "connecting" | "reconnecting"; error?: ParleyError; retryInMs?: number }
  | { state: "live" | "fallback" }
  | { state: "closed"; reason: CloseReason; error: ParleyError };

/** A line of a type that this version does not know. */
export interface UnknownLine {
  /** The name of the type. */
  type: string;
  [member: string]: unknown;
}

/** The participants with a live connection: all of them, each time. */
export interface Present {
  /** Their ids. */
  participants: string[];
}

/** What {@link SessionClient.on} emits, by name. */
export interface SessionEvents {
  /**
   * The start of the session's story: once at first, and again with resume "gap", which
   * voids everything known before.
   */
  welcome: Welcome;
  /** What happened: in order, each event once, without gaps. */
  event: SessionEvent;
  /** An event or a line of a type that this version does not know. */
  unknown: UnknownLine;
  /** The ids of all participants with a live connection. */
  presence: Present;
  /** A participant is typing, or has stopped. */
  typing: TypingNotice;
  /** The state of the connection has changed. */
  connection: ConnectionState;
  /** An error of the server that answers no command. */
  error: ParleyError;
}

/**
 * Reports whether this version knows the type of an event, such as one in recent or in
 * history.
 */
export function isKnownEvent(event: AnyEvent): event is SessionEvent {
  return (eventTypes as readonly string[]).includes(event.type);
}
