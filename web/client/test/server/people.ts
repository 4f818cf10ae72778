import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { connect, type Options, type SessionClient, type SessionEvent } from "../../src/index.js";
import { eventNumber } from "../../src/cursor.js";

/** The ways of connecting: with a WebSocket, and without, with and without a stream. */
export const ways: { way: string; how: Options; state: string }[] = [
  { way: "a WebSocket", how: { WebSocket }, state: "live" },
  { way: "plain HTTP", how: { WebSocket: null }, state: "fallback" },
  {
    way: "plain HTTP without a stream",
    how: { WebSocket: null, streamSlots: async () => undefined },
    state: "fallback",
  },
];

/**
 * Returns a client that reconnects quickly and ends with the test. It receives each event by
 * itself, so that a gap shows.
 */
export function join(link: string, options: Options = {}): SessionClient {
  const quick = { backoffBaseMs: 5, backoffMaxMs: 50, upgradeAfterMs: 20, maxDelayMs: null };
  const session = connect(link, { userId: "ann", WebSocket, ...quick, ...options });
  onTestFinished(() => session.close());
  return session;
}

/** Records every event, and lets tests wait for one. */
export class EventLog {
  readonly events: SessionEvent[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(session: SessionClient) {
    session.on("event", (event) => {
      this.events.push(event);
      for (const look of this.waiting) look();
    });
  }

  /** Resolves to the first event of that type, past or future, that matches. */
  next<Type extends SessionEvent["type"]>(
    type: Type,
    ok: (event: Extract<SessionEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<SessionEvent, { type: Type }>> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.events.find((event) => event.type === type && ok(event as never));
        if (!found) return;
        this.waiting.delete(look);
        resolve(found as never);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** The numbers of all events so far. */
  get numbers(): number[] {
    return this.events.map((event) => eventNumber(event.cursor));
  }

  /** The texts of all messages so far. */
  get texts(): string[] {
    return this.events.flatMap((e) =>
      e.type === "message_created" ? [e.payload.message.text] : [],
    );
  }
}

/** Waits until the connection is in that state. */
export function until(session: SessionClient, state: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (session.connection.state !== state) return;
      off();
      resolve();
    };
    const off = session.on("connection", look);
    look();
  });
}

/** Returns consecutive integers. */
export function following(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
