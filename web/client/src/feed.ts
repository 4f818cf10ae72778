import { connectionLost } from "./errors.js";
import type { Requests } from "./http.js";
import { EventReader } from "./sse.js";
import type { UnknownLine } from "./state.js";
import { decodeJSON, decodeLine, type Line } from "./wire.js";

/** A page of events, as EventsAnswer with its events read. */
interface Page {
  events: (Line | UnknownLine)[];
  cursor: string;
  gap: boolean;
}

/** How long to wait before asking again: after events, and at most. */
const shortestPauseMs = 250;
const longestPauseMs = 1_000;
/** How long the first word of a stream may take. */
const promptMs = 3_000;
/** How many events to ask for; the server takes at least as many. */
const pageEvents = 100;

/**
 * The events of a session over plain HTTP: by a stream, where the browser has a
 * connection to spare for it, else by asking again and again. It changes to a
 * stream as soon as there is a slot for one.
 */
export class Feed {
  /** Whether events come by themselves. */
  streams = false;
  /** Whether something on the way has kept a stream to itself. */
  private heldUp = false;
  private wake = () => {};

  /** alive is called when something has come, if only a heartbeat. */
  constructor(
    private readonly requests: Requests,
    private readonly alive: () => void,
  ) {}

  /**
   * Yields "connected" with whether the cursor is one of this session's, and the
   * events after it. It returns when the stream has ended, and throws what is
   * broken.
   */
  async *after(cursor: string): AsyncGenerator<Line | UnknownLine, void> {
    const { settings, link } = this.requests;
    let pauseMs = shortestPauseMs;
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
        if (giveBack && !this.heldUp) return;
      } finally {
        giveBack?.();
      }
      pauseMs = count > 0 ? shortestPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      if (begun && count < pageEvents) await this.pause(pauseMs);
    }
  }

  /** Asks at once, where events do not come by themselves: there may be some. */
  hurry(): void {
    this.wake();
  }

  /**
   * Yields what a stream says, until it ends. The server says something at once. A
   * proxy that keeps that until there is more of it would keep everything, and the
   * client does without streams from then on.
   */
  private async *stream(cursor: string) {
    const { requests } = this;
    const headers = { Accept: "text/event-stream", "Last-Event-ID": cursor };
    const request = requests.open(this.name("stream"), headers);
    const timer = setTimeout(() => {
      this.heldUp = true;
      requests.settings.streamSlots = async () => undefined;
      request.abort();
    }, promptMs);
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
      if (!this.heldUp) throw error;
    } finally {
      clearTimeout(timer);
      reader?.cancel().catch(() => {}); // it is broken already
    }
  }

  /** Yields what there is now, as a stream would say it. */
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
        resolve(); // the next request fails then
      });
      const timer = setTimeout(over, ms);
      signal.addEventListener("abort", over);
    });
  }
}
