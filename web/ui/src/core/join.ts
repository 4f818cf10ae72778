/**
 * Older pages of a session's history, put before the time line of what is
 * loaded. A row can have begun among the older events, so the first turn of
 * what was loaded is folded again together with them, and nothing else is.
 */

import { isKnownEvent } from "parley-client";

import { isObject, readUpdate } from "./acp.ts";
import { findPrompt } from "./find.ts";
import type { Item } from "./items.ts";
import { withKnown } from "./known.ts";
import { sizeOfAll } from "./size.ts";
import { amend, apply, ending, endState, fold, promptText, type Timeline } from "./timeline.ts";
import type { SessionEvent } from "./wire.ts";

/** A stretch of a session's history, and the time line of it. */
export interface Loaded {
  readonly events: readonly SessionEvent[];
  /** About how many bytes the events take. */
  readonly size: number;
  readonly timeline: Timeline;
}

/** load folds the newest events. A hint says which turn runs, should the events not tell. */
export function load(events: readonly SessionEvent[], hint: string | null = null): Loaded {
  const { running = hint } = opening(events);
  return { events, size: sizeOfAll(events), timeline: fold(running, events) };
}

/** loadAfter adds the events that follow. */
export function loadAfter(loaded: Loaded, newer: readonly SessionEvent[]): Loaded {
  return {
    events: [...loaded.events, ...newer],
    size: loaded.size + sizeOfAll(newer),
    timeline: apply(loaded.timeline, newer),
  };
}

/** loadBefore puts older events before those that are loaded. It comes to the same as folding all. */
export function loadBefore(loaded: Loaded, older: readonly SessionEvent[]): Loaded {
  const events = [...older, ...loaded.events];
  const { first } = loaded.timeline;
  const begin = opening(loaded.events);
  // What seemed to end a turn may turn out to have ended what only waited.
  const { running = begin.turns ? null : first } = opening(events);
  const before = fold(running, older);
  const right = before.running === first && (!begin.turns || begin.running === first);
  const timeline = (right ? joined(before, loaded, begin) : null) ?? fold(running, events);
  const size = sizeOfAll(older) + loaded.size;
  return { events, size, timeline: withKnown(timeline, loaded.timeline) };
}

/** Returns null where later words about a call could be about one of before. */
function joined(
  before: Timeline,
  { events, timeline: now }: Loaded,
  { length, turns, talk }: Opening,
): Timeline | null {
  const head = talk ? [] : events.slice(0, length);
  const again = apply(before, head);
  if (!turns && !talk) return again;

  const cursors = new Set(head.map((e) => e.cursor));
  const strays = now.strays.filter((e) => !cursors.has(e.cursor));
  const rest = now.items.findIndex((r) => !cursors.has(r.cursor));
  const headRows = rest < 0 ? now.items.length : rest;
  const known = now.items.slice(0, headRows);
  const calls = callsOf([...again.items, ...known]);
  if (strays.some((e) => calls.has(toolOf(e)))) return null;

  const items = withLater(again, before.items.length, known, turns);
  const first = amend({ ...again, items }, strays);
  const tail = withEarlier(now.items.slice(headRows), strays, first);
  const shift = first.items.length - headRows;
  return {
    ...(turns ? now : first),
    items: [...first.items, ...tail],
    first: before.first,
    start: turns ? now.start + shift : first.start,
    open: turns && now.open >= 0 ? now.open + shift : turns ? -1 : first.open,
    plan: now.plan === undefined ? first.plan : now.plan,
    strays: first.strays,
  };
}

function callsOf(items: readonly Item[]): Set<string | null> {
  return new Set(items.flatMap((r) => (r.type === "tool" ? [r.id] : [])));
}

/** The call that an event of the agent is about. */
function toolOf(e: SessionEvent): string | null {
  if (!isKnownEvent(e)) return null;
  if (e.type === "host_session_update") {
    const update = readUpdate(e.payload.notification);
    return update.kind === "tool" ? update.id : null;
  }
  if (e.type !== "permission_requested" || !isObject(e.payload.toolCall)) return null;
  const id = e.payload.toolCall.toolCallId;
  return typeof id === "string" ? id : null;
}

/** The rows that were folded again, with what happened to them later. */
function withLater(
  again: Timeline,
  from: number,
  known: readonly Item[],
  turns: boolean,
): readonly Item[] {
  const later = new Map(known.map((r) => [r.key, r]));
  const items = again.items.slice();
  for (const [i, row] of items.entries()) {
    // The agent's rows are over with their turn.
    if (i < from) continue;
    const now = later.get(row.key);
    if (now?.type === "prompt") items[i] = now;
    // What it asks about can have been told among the older events.
    else if (now?.type === "permission" && row.type === "permission")
      items[i] = { ...now, call: row.call };
  }
  const open = items[again.open];
  if (turns && open?.type === "say") items[again.open] = { ...open, open: false };
  return items;
}

/** The rows of turns whose prompts were not known until now. */
function withEarlier(
  tail: Item[],
  strays: readonly SessionEvent[],
  before: Timeline,
): readonly Item[] {
  for (const e of strays) {
    if (!isKnownEvent(e)) continue;
    if (e.type === "prompt_dispatch_started") {
      const i = tail.findIndex((r) => r.type === "turn-start" && r.cursor === e.cursor);
      const row = tail[i];
      const known = before.items[findPrompt(before.items, e.payload.approvalId)];
      const prompt =
        known?.type === "prompt"
          ? known.approval.prompt
          : promptText(before.strays, e.payload.approvalId);
      if (row?.type === "turn-start" && row.prompt !== prompt) tail[i] = { ...row, prompt };
    } else if (e.type === "prompt_dispatch_completed" || e.type === "prompt_dispatch_failed") {
      const i = tail.findIndex((r) => r.type === "turn-end" && r.cursor === e.cursor);
      const row = tail[i];
      const prompt = before.items[findPrompt(before.items, e.payload.approvalId)];
      const state = endState(...ending(e), prompt);
      const cancelledBy = prompt?.type === "prompt" ? prompt.cancelledBy : null;
      if (row?.type === "turn-end" && (row.state !== state || row.cancelledBy !== cancelledBy))
        tail[i] = { ...row, state, cancelledBy };
    }
  }
  return tail;
}

/** What is known of the beginning of a list of events without what came before. */
export interface Opening {
  /** The turn that was running before the first event; undefined if nothing tells. */
  running: string | null | undefined;
  /** How many events there are to the first one where a turn starts or ends, that one included. */
  length: number;
  /** Whether a turn starts or ends at all. */
  turns: boolean;
  /** Whether only people did something until then. */
  talk: boolean;
}

/** opening reads events until one tells where a turn starts or ends. */
export function opening(events: readonly SessionEvent[]): Opening {
  const fromTheStart = events[0]?.type === "shared_session_created";
  const waiting = new Set<string>();
  let [agent, people] = [false, false];
  const at = (i: number, running: string | null): Opening => {
    const talk = !agent && people && running === null;
    return { running: fromTheStart ? null : running, length: i + 1, turns: true, talk };
  };
  for (const [i, e] of events.entries()) {
    if (!isKnownEvent(e)) continue;
    switch (e.type) {
      case "prompt_dispatch_started":
        return at(i, null);
      case "prompt_dispatch_completed":
        return at(i, e.payload.approvalId);
      case "prompt_dispatch_failed":
        // One that only waited fails without a turn.
        if (!waiting.has(e.payload.approvalId)) return at(i, e.payload.approvalId);
        break;
      case "prompt_pending_approval":
      case "prompt_approved":
        waiting.add(e.payload.approval.id);
        break;
      case "message_created":
        people ||= e.payload.message.kind !== "prompt";
        break;
      case "host_session_update":
      case "permission_requested":
        agent = true;
    }
  }
  const running = fromTheStart ? null : undefined;
  return { running, length: events.length, turns: false, talk: !agent };
}
