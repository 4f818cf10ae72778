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
    for (let begun = false; ; begun = true) {
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
        }
        if (giveBack) return;
      } finally {
        giveBack?.();
      }
      pauseMs = count > 0 ? shortestPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      if (count < pageEvents) await this.pause(pauseMs);
    }
  }

  /** Yields what a stream says, until it ends. */
  private async *stream(cursor: string) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": cursor };
    const body = await this.requests.open(this.name("stream"), headers);
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = new EventReader();
    try {
      for (let part; !(part = await reader.read()).done;) {
        this.alive();
        for (const data of events.push(decoder.decode(part.value, { stream: true }))) {
          yield decodeLine(data);
        }
      }
    } finally {
      reader.cancel().catch(() => {}); // it is broken already
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
    const all = new URLSearchParams({ ...query, ...(readOnly && { readOnly: "true" }) });
    return `${name}?${all}`;
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.requests.aborter;
    return new Promise((resolve) => {
      const over = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", over);
        resolve(); // the next request fails then
      };
      const timer = setTimeout(over, ms);
      signal.addEventListener("abort", over);
    });
  }
}
