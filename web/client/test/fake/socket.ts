import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { connect, type Options, type SessionClient, type Welcome } from "../../src/index.js";
import type { WebSocketLike } from "../../src/options.js";

export const testdata = join(import.meta.dirname, "../../../../protocol/testdata");

interface Command {
  id: string;
  type: string;
  payload: Record<string, unknown>;
}

/** The server's end of a socket, controlled by the test. */
export class FakeSocket implements WebSocketLike {
  onopen: ((event: any) => void) | null = null;
  onmessage: ((event: any) => void) | null = null;
  onclose: ((event: any) => void) | null = null;
  onerror: ((event: any) => void) | null = null;
  closed = false;
  readonly sent: Command[] = [];

  constructor(
    readonly url: string,
    readonly protocols?: string[],
  ) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Command);
  }

  close(): void {
    this.closed = true;
  }

  /** Returns the last received command of that type. */
  last(type: string): Command {
    const found = this.sent.filter((command) => command.type === type).at(-1);
    if (!found) throw new Error(`no ${type} came`);
    return found;
  }

  /** Sends lines in one message. */
  say(...lines: object[]): void {
    this.onmessage?.({ data: lines.map((line) => JSON.stringify(line)).join("\n") });
  }

  /** Welcomes the client. */
  async welcome(changes: Partial<Welcome> = {}): Promise<void> {
    this.onopen?.({});
    await settled();
    this.say({ type: "welcome", id: this.sent[0]?.id, payload: { ...welcome, ...changes } });
    await settled();
  }

  async breakWith(code: number, reason = ""): Promise<void> {
    this.onclose?.({ code, reason });
    await settled();
  }
}

/** Returns a welcome for Ann. */
export const welcome: Welcome = (() => {
  const [, line = ""] = /^< (.*"type":"welcome".*)$/m.exec(
    readFileSync(join(testdata, "join.txt"), "utf8"),
  )!;
  return (JSON.parse(line) as { payload: Welcome }).payload;
})();

/** Returns the cursor of the event with that number. */
export function cursor(number: number): string {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return Buffer.from(bytes).toString("base64url");
}

/** Returns an event with that number. */
export function event(number: number): object {
  const { id } = welcome.session;
  const timestamp = "2026-03-01T10:00:00Z";
  return {
    type: "agent_status",
    cursor: cursor(number),
    sharedSessionId: id,
    timestamp,
    payload: { status: "idle" },
  };
}

/** Lets all promises settle that can. */
export async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

export const invite = "http://localhost/s/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11#i=INVITE";

/** Returns a client whose sockets the test controls, in order. Its plain HTTP always fails. */
export function fakeSession(options: Options = {}): {
  session: SessionClient;
  sockets: FakeSocket[];
} {
  const sockets: FakeSocket[] = [];
  class Recorded extends FakeSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const session = connect(invite, {
    userId: "ann",
    WebSocket: Recorded,
    fetch: () => Promise.reject(new TypeError("no network")),
    random: () => 1,
    ...options,
  });
  onTestFinished(() => session.close());
  return { session, sockets };
}
