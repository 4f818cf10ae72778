/** Joins the timeline of older events with that of the events after them. */

import { isKnownEvent } from "../state.js";

import { findPrompt, keysOf } from "./find.js";
import { ending, endState, promptText } from "./foldPrompts.js";
import type { Loaded } from "./history.js";
import type { Item, PromptRow, TurnEndRow, TurnStartRow } from "./items.js";
import type { Opening } from "./opening.js";
import { amend, apply, type Timeline } from "./timeline.js";
import type { Lack } from "./timelineState.js";
import type { SessionEvent } from "./wire.js";

/** The part of a stretch that is folded again, and what the tail knows of it. */
interface Head {
  events: readonly SessionEvent[];
  /** The rows that it had until now. */
  rows: readonly Item[];
  /** Events of the tail about rows that are not in the stretch. */
  strays: readonly SessionEvent[];
  /** What events of the tail refer to that is not in the stretch. */
  lacks: readonly Lack[];
}

/**
 * Joins the timeline of older events with a stretch that opens in that way.
 * Returns null if everything must be folded again: a later event refers to something in
 * the older events.
 */
export function join(before: Timeline, loaded: Loaded, begin: Opening): Timeline | null {
  const { turns, talk } = begin;
  const now = loaded.timeline;
  const head = headOf(loaded, begin);
  const again = apply(before, head.events);
  if (!turns && !talk) return again; // the head is the whole stretch
  if (isFound(head.lacks, again, head.rows)) return null;

  const items = withLater(again, before.items.length, head.rows, turns);
  const joined = amend({ ...again, items }, head.strays);
  const tail = withEarlier(now.items.slice(head.rows.length), head.strays, joined);
  const shift = joined.items.length - head.rows.length;
  return {
    ...(turns ? now : joined),
    items: [...joined.items, ...tail],
    first: before.first,
    start: turns ? now.start + shift : joined.start,
    open: turns ? (now.open >= 0 ? now.open + shift : -1) : joined.open,
    plan: now.plan === undefined ? joined.plan : now.plan,
    looksAt: now.looksAt ?? (turns ? null : joined.looksAt),
    facts: { ...joined.facts, ...now.facts },
    lacks: [...joined.lacks, ...head.lacks],
    strays: joined.strays,
  };
}

function headOf({ events, timeline }: Loaded, { length, talk }: Opening): Head {
  const head = talk ? [] : events.slice(0, length);
  const cursors = new Set(head.map((e) => e.cursor));
  const end = timeline.items.findIndex((r) => !cursors.has(r.cursor));
  return {
    events: head,
    rows: end < 0 ? timeline.items : timeline.items.slice(0, end),
    strays: timeline.strays.filter((e) => !cursors.has(e.cursor)),
    lacks: timeline.lacks.filter((l) => !cursors.has(l.cursor)),
  };
}

/** Reports whether something that later events refer to is there. */
function isFound(
  lacks: readonly Lack[],
  { items, facts }: Timeline,
  rows: readonly Item[],
): boolean {
  if (lacks.length === 0) return false;
  const keys = keysOf([...items, ...rows]);
  for (const name of Object.keys(facts)) keys.add(name);
  return lacks.some((l) => keys.has(l.key));
}

/** Returns the rows of the head folded again, from that index on, with what happened to them later. */
function withLater(
  again: Timeline,
  from: number,
  rows: readonly Item[],
  turns: boolean,
): readonly Item[] {
  const later = new Map(rows.map((r) => [r.key, r]));
  const items = again.items.map((row, i) => {
    const now = i < from ? undefined : later.get(row.key);
    // The agent's own rows do not change after their turn.
    if (now?.type === "prompt") return now;
    // The older events may tell more about the tool call that a question is about.
    if (now?.type === "permission" && row.type === "permission") return { ...now, call: row.call };
    return row;
  });
  const open = items[again.open];
  if (turns && open?.type === "say") items[again.open] = { ...open, open: false };
  return items;
}

/** Returns the rows of the tail with what the older events tell about the prompts of their turns. */
function withEarlier(
  tail: readonly Item[],
  strays: readonly SessionEvent[],
  before: Timeline,
): readonly Item[] {
  const changed = new Map<string, (row: Item) => Item>();
  for (const e of strays) {
    if (!isKnownEvent(e)) continue;
    if (e.type === "prompt_dispatch_started") {
      const id = e.payload.approvalId;
      const text = promptIn(before, id)?.approval.prompt ?? promptText(before.strays, id);
      changed.set(`turn-start ${e.cursor}`, (row) => turnStartOf(row as TurnStartRow, text));
    } else if (e.type === "prompt_dispatch_completed" || e.type === "prompt_dispatch_failed") {
      const prompt = promptIn(before, e.payload.approvalId);
      const state = endState(...ending(e), prompt);
      changed.set(`turn-end ${e.cursor}`, (row) => turnEndOf(row as TurnEndRow, state, prompt));
    }
  }
  return changed.size === 0
    ? tail
    : tail.map((row) => changed.get(`${row.type} ${row.cursor}`)?.(row) ?? row);
}

function promptIn({ items }: Timeline, id: string): PromptRow | undefined {
  const row = items[findPrompt(items, id)];
  return row?.type === "prompt" ? row : undefined;
}

function turnStartOf(row: TurnStartRow, prompt: string): TurnStartRow {
  return row.prompt === prompt ? row : { ...row, prompt };
}

function turnEndOf(
  row: TurnEndRow,
  state: TurnEndRow["state"],
  prompt: PromptRow | undefined,
): TurnEndRow {
  const cancelledBy = prompt?.cancelledBy ?? null;
  return row.state === state && row.cancelledBy === cancelledBy
    ? row
    : { ...row, state, cancelledBy };
}
