import { connectionLost, errorFromWire, ParleyError } from "./errors.js";
import { authorization, endpoint, type Credentials, type Link } from "./link.js";
import type { Settings } from "./options.js";
import type { ErrorBody } from "./protocol.gen.js";
import { EventReader } from "./sse.js";
import type { UnknownLine } from "./state.js";
import type { EncodedCommand, Peer, Transport } from "./transport.js";
import { decodeLine, type Line } from "./wire.js";

/** As long as the server gives a request's body. */
const requestTimeoutMs = 30_000;

/** The server has refused this client, and not only this command. */
export class Refusal extends Error {
  constructor(readonly error: ParleyError) {
    super(error.message);
  }
}

/**
 * The protocol over plain HTTP: events by an event stream, each command by a
 * request of its own. Credentials go in headers, which no log shows.
 */
export class StreamTransport implements Transport {
  readonly kind = "fallback";
  private readonly aborter = new AbortController();
  private headers: Record<string, string> = {};

  constructor(
    private readonly link: Link,
    private readonly settings: Settings,
    private readonly peer: Peer,
  ) {}

  /**
   * Says hello by a request, and then asks for the events after the last one
   * seen. Rejects with a Refusal, or with what is broken.
   */
  async open(
    hello: EncodedCommand,
    own: Credentials | undefined,
    seen: string | undefined,
  ): Promise<void> {
    const answer = (await this.post(hello.line)) as Line;
    if (answer.type === "error") throw new Refusal(errorFromWire(answer.error));
    if (answer.type !== "welcome") throw connectionLost("the server did not welcome");
    const { participant, cursor } = answer.payload;
    const token = participant.accessToken ?? own?.token ?? "";
    this.headers = authorization({ id: participant.id, token });
    // The stream alone knows whether it resumes. After a gap it begins where
    // the welcome's snapshot stands, so that nothing is between the two.
    if (seen) {
      answer.payload.resume = "ok";
      if (await this.listen(seen, answer)) return;
      answer.payload.resume = "gap";
    }
    if (!(await this.listen(cursor, answer))) throw connectionLost("the journal was replaced");
  }

  async send({ id, line }: EncodedCommand): Promise<void> {
    // A command that could not be read is answered without its id.
    this.peer.receive({ id, ...(await this.post(line)) });
  }

  close(): void {
    this.aborter.abort();
  }

  private async post(line: string): Promise<Line | UnknownLine> {
    const timer = setTimeout(() => this.close(), requestTimeoutMs);
    try {
      const response = await this.request("commands", {
        method: "POST",
        headers: { ...this.headers, "Content-Type": "application/json" },
        body: line,
      });
      const text = await response.text();
      return answerOf(text) ?? refused(response, text);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Asks for the events after a cursor. If the stream resumes there it hands
   * over the welcome and then the events, and resolves to true.
   */
  private async listen(cursor: string, welcome: Line): Promise<boolean> {
    const name = this.settings.readOnly ? "stream?readOnly=true" : "stream";
    const response = await this.request(name, {
      headers: { ...this.headers, Accept: "text/event-stream", "Last-Event-ID": cursor },
    });
    if (!response.ok || !response.body) return refused(response, await response.text());
    const lines = linesOf(response.body, this.peer);
    const first = (await lines.next()).value;
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
    try {
      for await (const line of lines) {
        this.peer.receive(line);
        code = this.closeCode(line as Line);
        if (code === 4403) error = removed(line as Line);
      }
    } catch (cause) {
      error = connectionLost(String(cause));
    }
    this.peer.end({ error, code });
  }

  /** What a WebSocket would be closed with if this line is the last one. */
  private closeCode(line: Line): number | undefined {
    if (line.type === "session_closed") return 4409;
    if (line.type !== "participant_left") return undefined;
    const { participant, removedBy } = line.payload;
    if (participant.id !== this.headers["Parley-Participant"]) return undefined;
    return removedBy ? 4403 : 1000;
  }

  private request(name: string, init: RequestInit): Promise<Response> {
    return this.settings.fetch(endpoint(this.link, name), {
      ...init,
      signal: this.aborter.signal,
      cache: "no-store",
      credentials: "omit",
    });
  }
}

/** What a WebSocket would be closed with: the host's reason, where there is one. */
function removed(line: Line): ParleyError {
  const reason = line.type === "participant_left" ? line.payload.reason : undefined;
  return connectionLost("the host has removed you" + (reason ? `: ${reason}` : ""));
}

async function* linesOf(body: ReadableStream<Uint8Array>, peer: Peer) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const events = new EventReader();
  try {
    for (let part; !(part = await reader.read()).done;) {
      peer.alive();
      for (const data of events.push(decoder.decode(part.value, { stream: true }))) {
        yield decodeLine(data);
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // it is broken already
  }
}

/** Reads the answer to a command, or returns nothing where the body is none. */
function answerOf(body: string): Line | UnknownLine | undefined {
  try {
    return decodeLine(body);
  } catch {
    return undefined;
  }
}

/** Throws what an answer says that is not of the protocol, or not of a command. */
function refused(response: Response, body: string): never {
  const error = errorOf(response, body);
  throw error.code === "CONNECTION_LOST" ? error : new Refusal(error);
}

/** What an answer says that is not of a command, and no success. */
export function errorOf(response: Response, body: string): ParleyError {
  let said: Partial<ErrorBody> = {};
  try {
    said = JSON.parse(body) as ErrorBody;
  } catch {
    // It is of something between here and the server.
  }
  const { code, error = "", retryable, retryAfterMs } = said ?? {};
  if (code) return new ParleyError(code, error, retryable, retryAfterMs);
  return connectionLost(`the server answered ${response.status}`);
}
