import type { Role } from "./protocol.gen.js";
import { browserSignals, type Signals } from "./signals.js";
import { browserSlots, type StreamSlots } from "./slots.js";

/**
 * The part of a WebSocket that the client needs. Those of browsers and of the package
 * ws have it.
 */
export interface WebSocketLike {
  /** Called when the connection is open. */
  onopen: ((event: any) => void) | null;
  /** Called with an event whose data is a text message. */
  onmessage: ((event: any) => void) | null;
  /** Called with an event that has the close code and reason. */
  onclose: ((event: any) => void) | null;
  /** Called when the connection fails; onclose follows. */
  onerror: ((event: any) => void) | null;
  /** Sends a text message. */
  send(data: string): void;
  /** Closes the connection. */
  close(code?: number, reason?: string): void;
}

/** Creates a WebSocket, as the global class does. */
export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

/** What can be set for {@link connect}. Every member is optional, except userId with an invite. */
export interface Options {
  /** The id of the user who joins, such as an account name. Required with an invite. */
  userId?: string;
  /** The name that others see; by default the user id. */
  displayName?: string;
  /** By default "collaborator". */
  role?: Role;
  /**
   * With an invite: the token of an earlier participation under the same user id, to
   * return as the same participant.
   */
  participantToken?: string;

  /**
   * Opens a connection that only reads, with a participant's own link. It works even
   * after leaving, and after the session was closed or has expired.
   */
  readOnly?: boolean;

  /** The cursor of the last event seen before, to resume after it. */
  cursor?: string;
  /** How many of the newest events the first welcome contains, from 0 to 200. */
  recent?: number;

  /**
   * Lets the server gather events for at most this time in ms, up to 1,000, and join the
   * pieces of streamed texts: an agent's thousands of pieces become a few hundred events,
   * whose cursors are those of the last pieces. With 0, only what arrives together is
   * joined, and nothing waits; that is the default. With null, each piece is an event, which
   * takes about three times as many bytes. It applies to WebSockets and event streams.
   */
  maxDelayMs?: number | null;

  /**
   * Returns what proves who the user is on a server with verified people: a token of its
   * identity provider, or of a sign-in at the server. It is asked for each connection.
   */
  identity?: () => string | undefined;
  /** Returns further headers of requests over plain HTTP. */
  headers?: () => Record<string, string>;

  /** By default the global WebSocket; null for plain HTTP only. */
  WebSocket?: WebSocketConstructor | null;
  /** By default the global fetch. */
  fetch?: typeof fetch;

  /**
   * Tells when to doubt an open connection. It then has 3 s to answer a ping, else it
   * is replaced at once. By default the browser's events "offline", "online",
   * "pageshow" and "visibilitychange"; null for never.
   */
  signals?: Signals | null;

  /**
   * Grants event streams, which are used without a WebSocket. Without a slot the client
   * polls, several times a second while there are events and once a second otherwise.
   * By default the tabs of a browser share three slots, and other programs have no
   * limit.
   */
  streamSlots?: StreamSlots;

  /**
   * A lost connection is replaced after a random time below a bound. The bound
   * is backoffBaseMs milliseconds at first, by default 500, and doubles with each
   * failure up to backoffMaxMs.
   */
  backoffBaseMs?: number;
  /** The greatest bound of that time, in milliseconds. By default 30,000. */
  backoffMaxMs?: number;
  /**
   * The pause after too many commands, if the server names none, in milliseconds. By
   * default 10 000.
   */
  rateLimitPauseMs?: number;
  /**
   * How long each way of connecting may take up to the server's welcome, in
   * milliseconds. By default 8,000.
   */
  handshakeTimeoutMs?: number;
  /**
   * How long to use plain HTTP before a WebSocket is tried again, in milliseconds. By
   * default 5 000; it doubles with each attempt, up to five minutes.
   */
  upgradeAfterMs?: number;
  /** Returns a random number from 0 to 1, for the jitter. By default Math.random. */
  random?: () => number;
}

/** The options with their defaults. */
export type Settings = ReturnType<typeof settings>;

/** Returns the options with their defaults. */
export function settings(o: Options) {
  const { fetch = globalThis.fetch } = o;
  const headers = () => {
    const identity = o.identity?.();
    return { ...o.headers?.(), ...(identity && { "Parley-Identity": identity }) };
  };
  return {
    backoffBaseMs: 500,
    backoffMaxMs: 30_000,
    rateLimitPauseMs: 10_000,
    handshakeTimeoutMs: 8_000,
    upgradeAfterMs: 5_000,
    random: Math.random,
    ...o,
    maxDelayMs: o.maxDelayMs === undefined ? 0 : o.maxDelayMs,
    streamSlots: o.streamSlots ?? browserSlots,
    signals: o.signals === undefined ? browserSignals : o.signals,
    WebSocket: o.WebSocket === undefined ? globalThis.WebSocket : o.WebSocket,
    // A browser's fetch does not work as a method of another object.
    fetch: (url: Parameters<typeof fetch>[0], init?: RequestInit) =>
      fetch(url, { ...init, headers: { ...(init?.headers as object), ...headers() } }),
    headers,
  };
}

/**
 * Returns how long to wait, in milliseconds, before the attempt after that many
 * failures in a row.
 */
export function backoff(s: Settings, failures: number): number {
  return s.random() * Math.min(s.backoffBaseMs * 2 ** failures, s.backoffMaxMs);
}
