import { connectionLost, errorFromWire } from "./errors.js";
import { Feed } from "./feed.js";
import { Refusal, Requests } from "./http.js";
import type { Credentials, Link } from "./link.js";
import type { Settings } from "./options.js";
import type { UnknownLine } from "./state.js";
import type { EncodedCommand, Peer, Transport } from "./transport.js";
import type { Line } from "./wire.js";

/** The protocol over plain HTTP: events by a feed, each command by a request of its own. */
export class StreamTransport implements Transport {
  readonly kind = "fallback";
  private readonly requests: Requests;
  private readonly feed: Feed;
  private self = "";

  constructor(
    link: Link,
    settings: Settings,
    private readonly peer: Peer,
  ) {
    this.requests = new Requests(link, settings);
    this.feed = new Feed(this.requests, () => peer.alive());
  }

  get lasts(): boolean {
    return this.feed.streams;
  }

  /**
   * Sends the first command, and then requests the events after the last one seen. It
   * rejects with a Refusal, or with another error if the connection is broken.
   */
  async open(
    hello: EncodedCommand,
    own: Credentials | undefined,
    seen: string | undefined,
  ): Promise<void> {
    const answer = (await this.requests.command(hello.line)) as Line;
    if (answer.type === "error") throw new Refusal(errorFromWire(answer.error));
    if (answer.type !== "welcome") throw connectionLost("the server sent no welcome");
    const { participant, cursor } = answer.payload;
    this.self = participant.id;
    this.requests.as({ id: this.self, token: participant.accessToken ?? own?.token ?? "" });
    // Only the feed knows whether the client resumes. After a gap it starts at the
    // snapshot of the welcome, so that nothing is missed in between.
    if (seen) {
      answer.payload.resume = "ok";
      if (await this.listen(seen, answer)) return;
      answer.payload.resume = "gap";
    }
    if (!(await this.listen(cursor, answer))) throw connectionLost("the journal was replaced");
  }

  async send({ id, line }: EncodedCommand): Promise<void> {
    // An answer to a malformed command has no id.
    this.peer.receive({ id, ...(await this.requests.command(line)) });
    this.feed.pollNow(); // for the events that it caused
  }

  close(): void {
    this.requests.close();
  }

  /**
   * Requests the events after a cursor. If the cursor is valid, it passes the welcome
   * and then the events on, and resolves to true.
   */
  private async listen(cursor: string, welcome: Line): Promise<boolean> {
    const lines = this.feed.after(cursor);
    const first = (await lines.next()).value as Line | undefined;
    if (first?.type !== "connected" || first.resume !== "ok") {
      await lines.return();
      return false;
    }
    this.peer.receive(welcome);
    void this.handOver(lines);
    return true;
  }

  private async handOver(lines: AsyncIterable<Line | UnknownLine>): Promise<void> {
    let error = connectionLost("the event stream ended");
    let code: number | undefined;
    let refused = false;
    try {
      for await (const line of lines) {
        this.peer.receive(line);
        code = this.closeCode(line as Line);
        if (code === 4403) error = removed(line as Line);
      }
    } catch (cause) {
      refused = cause instanceof Refusal;
      error = cause instanceof Refusal ? cause.error : connectionLost(String(cause));
    }
    this.peer.end({ error, code, refused });
  }

  /** Returns the close code that a WebSocket would have if this line is the last one. */
  private closeCode(line: Line): number | undefined {
    if (line.type === "session_closed") return 4409;
    if (line.type !== "participant_left") return undefined;
    const { participant, removedBy } = line.payload;
    if (participant.id !== this.self) return undefined;
    return removedBy ? 4403 : 1000;
  }
}

/**
 * Returns the error that a WebSocket would be closed with, with the host's reason if
 * there is one.
 */
function removed(line: Line) {
  const reason = line.type === "participant_left" ? line.payload.reason : undefined;
  return connectionLost("the host has removed you" + (reason ? `: ${reason}` : ""));
}
