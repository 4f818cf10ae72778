import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { connect, type Options, type SessionClient, type SessionEvent } from "../../src/index.js";
import { eventNumber } from "../../src/cursor.js";

/** Ways of connecting: with a WebSocket, and without, then with and without a stream. */
export const ways: { way: string; how: Options; state: string }[] = [
  { way: "a WebSocket", how: { WebSocket }, state: "live" },
  { way: "plain HTTP", how: { WebSocket: null }, state: "fallback" },
  {
    way: "plain HTTP without a stream",
    how: { WebSocket: null, streamSlots: async () => undefined },
    state: "fallback",
  },
];

/** A client that reconnects without wasting a test's time, and ends with the test. */
export function join(link: string, options: Options = {}): SessionClient {
  const quick = { backoffBaseMs: 5, backoffMaxMs: 50, upgradeAfterMs: 20, WebSocket };
  const session = connect(link, { userId: "ann", ...quick, ...options });
  onTestFinished(() => session.close());
  return session;
}

/** Keeps every event that comes, and lets tests wait for one. */
export class Ear {
  readonly events: SessionEvent[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(session: SessionClient) {
    session.on("event", (event) => {
      this.events.push(event);
      for (const look of this.waiting) look();
    });
  }

  /** The first event of that type, come or coming, for which ok holds. */
  hear<Type extends SessionEvent["type"]>(
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

  /** The numbers of all events that came. */
  get numbers(): number[] {
    return this.events.map((event) => eventNumber(event.cursor));
  }

  /** The texts of all messages that came. */
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

/** Whole numbers that follow each other, from the first on. */
export function following(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
