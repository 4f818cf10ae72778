import { connectionLost } from "./errors.js";
import type { Requests } from "./http.js";
import { EventReader } from "./sse.js";
import type { UnknownLine } from "./state.js";
import { decodeJSON, decodeLine, type Line } from "./wire.js";

/** An EventsAnswer with decoded events. */
interface Page {
  events: (Line | UnknownLine)[];
  cursor: string;
  gap: boolean;
}

/** The pause between two requests: after events, and at most. */
const minPauseMs = 250;
const maxPauseMs = 1_000;
/** How long the first bytes of a stream may take. */
const firstByteMs = 3_000;
/** The number of events to ask for. Every server allows at least that many. */
const pageEvents = 100;

/**
 * The events of a session over plain HTTP: as a stream if the browser has a connection
 * to spare for it, otherwise by polling. It changes to a stream as soon as a slot is
 * free.
 */
export class Feed {
  /** Whether events arrive on a stream. */
  streams = false;
  /** Whether a proxy has buffered a stream. */
  private isBuffered = false;
  private wake = () => {};

  /** alive is called for everything that arrives, including heartbeats. */
  constructor(
    private readonly requests: Requests,
    private readonly alive: () => void,
  ) {}

  /**
   * Yields "connected", with whether the cursor is valid, and the events after it. It
   * returns when the stream has ended, and throws if the connection is broken.
   */
  async *after(cursor: string): AsyncGenerator<Line | UnknownLine, void> {
    const { settings, link } = this.requests;
    let pauseMs = minPauseMs;
    for (let begun = false; ;) {
      const giveBack = await settings.streamSlots(link.server);
      let count = 0;
      try {
        this.streams = giveBack !== undefined;
        for await (const line of giveBack ? this.stream(cursor) : this.page(cursor)) {
          const { type, resume, cursor: at } = line as UnknownLine;
          if (type !== "connected") count++;
          else if (begun && resume !== "ok") throw connectionLost("the journal was replaced");
          if (typeof at === "string") cursor = at;
          if (type !== "connected" || !begun) yield line;
          begun = true;
        }
        if (giveBack && !this.isBuffered) return;
      } finally {
        giveBack?.();
      }
      pauseMs = count > 0 ? minPauseMs : Math.min(pauseMs * 2, maxPauseMs);
      if (begun && count < pageEvents) await this.pause(pauseMs);
    }
  }

  /** Polls at once, if events are polled. */
  pollNow(): void {
    this.wake();
  }

  /**
   * Yields the lines of a stream until it ends. The server sends something at once. If
   * nothing arrives, a proxy buffers the stream, and the client polls from then on.
   */
  private async *stream(cursor: string) {
    const { requests } = this;
    const headers = { Accept: "text/event-stream", "Last-Event-ID": cursor };
    const { maxDelayMs } = requests.settings;
    const query: Record<string, string> =
      maxDelayMs === null ? {} : { maxDelayMs: String(maxDelayMs) };
    const request = requests.open(this.name("stream", query), headers);
    const timer = setTimeout(() => {
      this.isBuffered = true;
      requests.settings.streamSlots = async () => undefined;
      request.abort();
    }, firstByteMs);
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    const decoder = new TextDecoder();
    const events = new EventReader();
    try {
      reader = (await request.body).getReader();
      for (let part; !(part = await reader.read()).done;) {
        clearTimeout(timer);
        this.alive();
        for (const data of events.push(decoder.decode(part.value, { stream: true }))) {
          yield decodeLine(data);
        }
      }
    } catch (error) {
      if (!this.isBuffered) throw error;
    } finally {
      clearTimeout(timer);
      reader?.cancel().catch(() => {}); // it is broken already
    }
  }

  /** Yields the events that there are now, in the form of a stream. */
  private async *page(cursor: string) {
    const query = { after: cursor, limit: String(pageEvents) };
    const page = decodeJSON(await this.requests.get(this.name("events", query))) as Page;
    this.alive();
    yield { type: "connected", cursor: page.cursor, resume: page.gap ? "gap" : "ok" };
    yield* page.events;
  }

  private name(name: string, query: Record<string, string> = {}): string {
    const { readOnly } = this.requests.settings;
    const all = String(new URLSearchParams({ ...query, ...(readOnly && { readOnly: "true" }) }));
    return all ? `${name}?${all}` : name;
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.requests.aborter;
    return new Promise((resolve) => {
      const over = (this.wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", over);
        resolve(); // the next request then fails
      });
      const timer = setTimeout(over, ms);
      signal.addEventListener("abort", over);
    });
  }
}
