/**
 * Bounds how much of a session is in memory. Excess events are dropped at the end that
 * the user does not look at, and loaded again on scrolling there.
 */

import { isKnownEvent } from "../state.js";

import type { Loaded } from "./history.js";
import { shortened, withFacts } from "./known.js";
import { sizeOf } from "./size.js";
import { fold } from "./timeline.js";
import { turnEndedBy, turnStartedBy } from "./turns.js";
import type { SessionEvent } from "./wire.js";

/** How much may be loaded. */
export interface Bounds {
  events: number;
  /** The approximate size in bytes. */
  size: number;
}

/** The most that is loaded. */
export const bounds: Bounds = { events: 8_000, size: 16_000_000 };

/** The most events that the server returns at once. */
export const eventsPerPage = 500;

// The share that is left after dropping, so that not every event drops others.
const left = 3 / 4;

/** Reports whether more is loaded than may be. */
export function isOver(loaded: Loaded, max: Bounds = bounds): boolean {
  return loaded.events.length > max.events || (loaded.size > max.size && loaded.events.length > 1);
}

/** Reports whether there is no room for another page of events. */
export function isFull({ events, size }: Loaded): boolean {
  return events.length + eventsPerPage > bounds.events || size > bounds.size / 2;
}

/** Drops the oldest events, but keeps what they tell about unsettled rows. */
export function withoutOldest(loaded: Loaded, max: Bounds = bounds): Loaded {
  const { events, timeline } = loaded;
  const { count, size } = leftOf(loaded, events, max);
  const dropped = events.slice(0, events.length - count);
  const kept = events.slice(events.length - count);
  const cursors = new Set(dropped.map((e) => e.cursor));
  const fresh = fold(runningAfter(timeline.first, dropped), kept);
  return { events: kept, size, timeline: shortened(fresh, timeline, (c) => cursors.has(c)) };
}

/** Drops the newest events. */
export function withoutNewest(loaded: Loaded, max: Bounds = bounds): Loaded {
  const { events, timeline } = loaded;
  const { count, size } = leftOf(loaded, events.toReversed(), max);
  const kept = events.slice(0, count);
  const fresh = fold(timeline.first, kept);
  return {
    events: kept,
    size,
    timeline: { ...fresh, items: withFacts(fresh.items, timeline.items, timeline.running) },
  };
}

/** Returns how many events are left, and their size, when events are dropped in that order. */
function leftOf({ size }: Loaded, order: readonly SessionEvent[], max: Bounds) {
  let count = order.length;
  for (const e of order) {
    if (count <= 1 || (count <= max.events * left && size <= max.size * left)) break;
    size -= sizeOf(e);
    count--;
  }
  return { count, size };
}

/** Returns the turn that runs after the events, given the one that ran before. */
function runningAfter(running: string | null, events: readonly SessionEvent[]): string | null {
  for (const e of events) {
    if (!isKnownEvent(e)) continue;
    running = turnStartedBy(e) ?? running;
    if (e.type === "session_closed" || turnEndedBy(e) === running) running = null;
  }
  return running;
}
