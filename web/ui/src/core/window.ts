/**
 * How much of a session is in memory. What is over is dropped from the end that
 * nobody looks at, and loaded again when it is scrolled to.
 */

import { isKnownEvent } from "parley-client";

import type { Loaded } from "./join.ts";
import { shortened, withFacts } from "./known.ts";
import { sizeOf } from "./size.ts";
import { fold } from "./timeline.ts";
import type { SessionEvent } from "./wire.ts";

export interface Bounds {
  events: number;
  /** About so many bytes. */
  size: number;
}

/** So much is loaded at most. */
export const bounds: Bounds = { events: 8_000, size: 16_000_000 };

/** As many as the server gives at once. */
export const eventsPerPage = 500;

// So much is left when something is dropped, so that it is not dropped at each event.
const left = 3 / 4;

export function isOver(loaded: Loaded, most: Bounds = bounds): boolean {
  return (
    loaded.events.length > most.events || (loaded.size > most.size && loaded.events.length > 1)
  );
}

/** isFull tells whether there is no room for another page of events. */
export function isFull({ events, size }: Loaded): boolean {
  return events.length + eventsPerPage > bounds.events || size > bounds.size / 2;
}

/** withoutOldest drops the oldest events. What is known from them of what goes on stays known. */
export function withoutOldest(loaded: Loaded, most: Bounds = bounds): Loaded {
  const { events, timeline } = loaded;
  const { count, size } = leftOf(loaded, events, most);
  const dropped = events.slice(0, events.length - count);
  const kept = events.slice(events.length - count);
  const cursors = new Set(dropped.map((e) => e.cursor));
  const fresh = fold(runningAfter(timeline.first, dropped), kept);
  return { events: kept, size, timeline: shortened(fresh, timeline, (c) => cursors.has(c)) };
}

/** withoutNewest drops the newest events. */
export function withoutNewest(loaded: Loaded, most: Bounds = bounds): Loaded {
  const { events, timeline } = loaded;
  const { count, size } = leftOf(loaded, events.toReversed(), most);
  const kept = events.slice(0, count);
  const fresh = fold(timeline.first, kept);
  return {
    events: kept,
    size,
    timeline: { ...fresh, items: withFacts(fresh.items, timeline.items, timeline.running) },
  };
}

/** How many events are left, and their size, when they are dropped in that order. */
function leftOf({ size }: Loaded, order: readonly SessionEvent[], most: Bounds) {
  let count = order.length;
  for (const e of order) {
    if (count <= 1 || (count <= most.events * left && size <= most.size * left)) break;
    size -= sizeOf(e);
    count--;
  }
  return { count, size };
}

/** The turn that runs after events before which that one ran. */
function runningAfter(running: string | null, events: readonly SessionEvent[]): string | null {
  for (const e of events) {
    if (!isKnownEvent(e)) continue;
    if (e.type === "prompt_dispatch_started") running = e.payload.approvalId;
    else if (e.type === "session_closed") running = null;
    else if (e.type === "prompt_dispatch_completed" || e.type === "prompt_dispatch_failed")
      running = running === e.payload.approvalId ? null : running;
  }
  return running;
}
