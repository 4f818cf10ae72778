/**
 * Stretches of a session's history, to which older and newer events are added.
 *
 * Older events can change what the first rows of a stretch mean: a row may have
 * begun among them. So the head of the stretch, up to the first event that starts
 * or ends a turn, is folded again on top of the older events. The rows of the
 * tail stay the same objects, except for what only older events tell about them.
 */

import { sizeOfAll } from "./size.js";
import { opening } from "./opening.js";
import { withKnown } from "./known.js";
import { join } from "./join.js";
import { apply, fold, type Timeline } from "./timeline.js";
import type { SessionEvent } from "./wire.js";

/** A stretch of a session's history, with its timeline. */
export interface Loaded {
  readonly events: readonly SessionEvent[];
  /** The approximate size of the events in bytes. */
  readonly size: number;
  readonly timeline: Timeline;
}

/** Folds the newest events. hint is the running turn, for events that do not tell. */
export function load(events: readonly SessionEvent[], hint: string | null = null): Loaded {
  const { running = hint } = opening(events);
  return { events, size: sizeOfAll(events), timeline: fold(running, events) };
}

/** Adds the events that follow. */
export function loadAfter(loaded: Loaded, newer: readonly SessionEvent[]): Loaded {
  return {
    events: [...loaded.events, ...newer],
    size: loaded.size + sizeOfAll(newer),
    timeline: apply(loaded.timeline, newer),
  };
}

/** Adds the events that come before. The result equals that of folding all events at once. */
export function loadBefore(loaded: Loaded, older: readonly SessionEvent[]): Loaded {
  const events = [...older, ...loaded.events];
  const { first } = loaded.timeline;
  const begin = opening(loaded.events);
  // An event that seemed to end a turn may turn out to end a prompt that only waited.
  const { running = begin.turns ? null : first } = opening(events);
  const before = fold(running, older);
  const guessedRight = before.running === first && (!begin.turns || begin.running === first);
  const timeline = (guessedRight ? join(before, loaded, begin) : null) ?? fold(running, events);
  const size = sizeOfAll(older) + loaded.size;
  return { events, size, timeline: withKnown(timeline, loaded.timeline) };
}
