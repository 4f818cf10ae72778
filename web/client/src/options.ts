import type { Role } from "./protocol.gen.js";
import { browserSignals, type Signals } from "./signals.js";
import { browserSlots, type StreamSlots } from "./slots.js";

/** As much of a WebSocket as is needed; browsers' and that of the package ws will do. */
export interface WebSocketLike {
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

export interface Options {
  /** Who joins. Required with an invite. */
  userId?: string;
  /** What to call them; the user id if left out. */
  displayName?: string;
  /** "collaborator" if left out. */
  role?: Role;
  /** With an invite: to come back as oneself under the same user id. */
  participantToken?: string;

  /**
   * Begins a connection that only reads, by one's own link: also after leaving,
   * and when the session is closed or has expired.
   */
  readOnly?: boolean;

  /** The last event seen in an earlier life, to resume after it. */
  cursor?: string;
  /** How many of the newest events the first welcome shall carry: 0 to 200. */
  recent?: number;

  /** The global one if left out; null for never. */
  WebSocket?: WebSocketConstructor | null;
  /** The global one if left out. */
  fetch?: typeof fetch;

  /**
   * When to doubt a connection that looks open. It then has 3 s to answer a
   * ping; if it does not, it is made anew at once. The browser's "offline",
   * "online", "pageshow" and "visibilitychange" if left out; null for never.
   */
  signals?: Signals | null;

  /**
   * Whom to ask before an event stream is opened, which happens where there is no
   * WebSocket. Without a slot the client asks the server for events several times
   * a second while there are some, and once a second else. The tabs of a browser
   * share three slots if left out, and a program has as many as it likes.
   */
  streamSlots?: StreamSlots;

  /**
   * Lost connections are made again after a random time between zero and a
   * bound, which doubles with each failure from backoffBaseMs (500) to
   * backoffMaxMs (30 000).
   */
  backoffBaseMs?: number;
  backoffMaxMs?: number;
  /** How long to stay away after too many commands, if the server names no time: 10 000. */
  rateLimitPauseMs?: number;
  /** How long each way of connecting may take until the server's welcome: 8 000. */
  handshakeTimeoutMs?: number;
  /**
   * How long to use the fallback before a WebSocket is tried again: 5 000,
   * and twice as long after each try, up to five minutes.
   */
  upgradeAfterMs?: number;
  /** Draws from zero to one, for the jitter. */
  random?: () => number;
}

/** Options with their defaults. */
export type Settings = ReturnType<typeof settings>;

export function settings(o: Options) {
  const { fetch = globalThis.fetch } = o;
  return {
    backoffBaseMs: 500,
    backoffMaxMs: 30_000,
    rateLimitPauseMs: 10_000,
    handshakeTimeoutMs: 8_000,
    upgradeAfterMs: 5_000,
    random: Math.random,
    ...o,
    streamSlots: o.streamSlots ?? browserSlots,
    signals: o.signals === undefined ? browserSignals : o.signals,
    WebSocket: o.WebSocket === undefined ? globalThis.WebSocket : o.WebSocket,
    // A browser's own does not work as another object's method.
    fetch: (...args: Parameters<typeof fetch>) => fetch(...args),
  };
}

/** How long to wait before the attempt after that many failures in a row. */
export function backoff(s: Settings, failures: number): number {
  return s.random() * Math.min(s.backoffBaseMs * 2 ** failures, s.backoffMaxMs);
}
