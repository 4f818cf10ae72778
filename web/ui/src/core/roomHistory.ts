/** The stretches of history that a room holds: the newest events, and what the user reads instead. */

import { loadAfter, loadBefore } from "parley-client/view";
import { withKnown } from "parley-client/view";
import { shownOf, type Room } from "./room.ts";
import { foldEvent } from "./roomEvents.ts";
import { isOver, withoutNewest, withoutOldest, type Bounds } from "parley-client/view";
import type { SessionEvent } from "./wire.ts";

/**
 * Adds events that have just happened. Above the bounds the oldest events are
 * dropped; a user who reads further up keeps seeing them, as the past.
 */
export function take(
  before: Room,
  events: readonly SessionEvent[],
  reading = false,
  max?: Bounds,
): Room {
  if (events.length === 0) return before;
  const room = { ...events.reduce(foldEvent, before), ...loadAfter(before, events) };
  if (!isOver(room, max)) return room;
  const { size, timeline, more } = room;
  const past = room.past ?? (reading ? { events: room.events, size, timeline, more } : null);
  return { ...room, ...withoutOldest(room, max), more: true, past };
}

/** Puts older events before the shown ones. more tells whether there are older ones still. */
export function prepend(
  room: Room,
  older: readonly SessionEvent[],
  more: boolean,
  max?: Bounds,
): Room {
  const shown = shownOf(room);
  const first = shown.events[0]?.cursor;
  const known = older.findIndex((e) => e.cursor === first);
  const loaded = loadBefore(shown, known < 0 ? older : older.slice(0, known));
  const over = isOver(loaded, max);
  if (!over && !room.past) return { ...room, ...loaded, more };
  return { ...room, past: { ...(over ? withoutNewest(loaded, max) : loaded), more } };
}

/** Adds the events that follow the past. It ends when they reach the newest events. */
export function append(room: Room, newer: readonly SessionEvent[], max?: Bounds): Room {
  if (!room.past) return room;
  const last = room.past.events.at(-1)?.cursor;
  const news = newer.slice(newer.findIndex((e) => e.cursor === last) + 1);
  const past = { ...room.past, ...loadAfter(room.past, news) };
  return met({ ...room, past }, max);
}

/** Ends the past if its last event is among the newest ones. */
function met(room: Room, max?: Bounds): Room {
  const past = room.past!;
  const last = past.events.at(-1)?.cursor;
  const at = room.events.findIndex((e) => e.cursor === last);
  const joined = at < 0 ? past : loadAfter(past, room.events.slice(at + 1));
  const loaded = isOver(joined, max) ? withoutOldest(joined, max) : joined;
  const more = past.more || loaded !== joined;
  if (at < 0) return { ...room, past: { ...loaded, more } };
  const timeline = withKnown(loaded.timeline, room.timeline);
  return { ...room, ...loaded, timeline, more, past: null };
}

/** Shows the newest events again. */
export function toNewest(room: Room): Room {
  return room.past ? { ...room, past: null } : room;
}
