/** Keeps facts from events that are no longer loaded. */

import type { Block } from "./blocks.js";
import { isUnsettled, type Item, type PermissionRow, type ToolRow } from "./items.js";
import { callOf, completed } from "./merge.js";
import type { Timeline } from "./timeline.js";

// No reader can follow a turn with more unfinished calls than this.
const maxCarried = 256;

/**
 * Adds to a timeline that was folded anew the facts that the former one had from events
 * that neither has any more. Both end with the same event.
 */
export function withKnown(next: Timeline, before: Timeline): Timeline {
  if (!before.cut) return next;
  const facts = withFacts(next.items, [...before.carried, ...before.items], before.running);
  const items = withTurns(facts, before.items);
  const carried = before.carried.filter((row) => findSame(items, row) === undefined);
  const { since, plan, looksAt } = next.running === before.running ? before : next;
  return {
    ...next,
    items,
    since: next.since ?? since,
    plan: next.plan === undefined ? plan : next.plan,
    looksAt: next.looksAt ?? looksAt,
    carried,
    cut: true,
  };
}

/**
 * Adds what former rows tell about open questions and unfinished calls. A question
 * never shows less than before.
 */
export function withFacts(
  items: readonly Item[],
  before: readonly Item[],
  running: string | null,
): readonly Item[] {
  const isMeant = (row: Item) =>
    isUnsettled(row) &&
    (row.type === "permission" ||
      (row.type === "tool" && running !== null && row.turn === running));
  const calls = new Map<string, ToolRow | PermissionRow>();
  for (const row of before.filter(isMeant) as (ToolRow | PermissionRow)[])
    calls.set(identityOf(row), row);
  if (calls.size === 0) return items;
  let changed = false;
  const all = items.map((row) => {
    if (row.type !== "tool" && row.type !== "permission") return row;
    const known = isMeant(row) ? calls.get(identityOf(row)) : undefined;
    const more = known ? withCall(row, known) : row;
    changed ||= more !== row;
    return more;
  });
  return changed ? all : items;
}

/** Adds what former rows tell about turns that began before the first event. */
function withTurns(items: readonly Item[], before: readonly Item[]): readonly Item[] {
  const turns = new Map<string, Item>();
  for (const row of before)
    if (row.type === "turn-start" || row.type === "turn-end") turns.set(row.cursor, row);
  return items.map((row) => {
    const known = turns.get(row.cursor);
    if (row.type === "turn-start" && known?.type === "turn-start" && row.prompt === "")
      return { ...row, prompt: known.prompt };
    if (row.type !== "turn-end" || known?.type !== "turn-end" || row.took !== null) return row;
    return row.cancelledBy === null ? known : { ...row, took: known.took };
  });
}

function withCall(row: ToolRow | PermissionRow, known: ToolRow | PermissionRow): Item {
  if (row.type === "permission") {
    const call = completed(row.call, known.type === "permission" ? known.call : known);
    return call === row.call ? row : { ...row, call };
  }
  const asked = callOf(row);
  const call = completed(asked, callOf(known.type === "tool" ? known : known.call));
  return call === asked ? row : { ...row, ...call };
}

function identityOf(row: ToolRow | PermissionRow): string {
  return row.type === "tool" ? `tool ${row.id}` : `permission ${row.requestId}`;
}

function findSame(items: readonly Item[], row: Item): Item | undefined {
  return items.find((r) => {
    if (row.type === "prompt") return r.type === "prompt" && r.approval.id === row.approval.id;
    if (row.type === "permission") return r.type === "permission" && r.requestId === row.requestId;
    if (row.type === "elicitation")
      return r.type === "elicitation" && r.request.requestId === row.request.requestId;
    return row.type === "tool" && r.type === "tool" && r.id === row.id && r.turn === row.turn;
  });
}

/**
 * Returns the timeline without the oldest events. fresh is the timeline of the
 * remaining events alone. Rows that begin among these stay the same objects; a row that
 * spans the cut keeps its key.
 */
export function shortened(
  fresh: Timeline,
  before: Timeline,
  isDropped: (cursor: string) => boolean,
): Timeline {
  const known = new Map(before.items.map((r) => [beginningOf(r), r]));
  const gone = new Set(before.items.filter((r) => isDropped(r.cursor)));
  const items = fresh.items.map((row) => {
    const same = known.get(beginningOf(row));
    if (same) return same;
    const former = formerOf(row, gone);
    if (!former) return row;
    gone.delete(former);
    // Dropped words are gone, but calls and plans stay complete.
    if (row.type === "say" && former.type === "say")
      return { ...row, key: former.key, blocks: withPlace(row.blocks, former.blocks) };
    if (former.type === "other") return { ...row, key: former.key };
    return { ...former, cursor: row.cursor };
  });
  const carried = [...before.carried, ...[...gone].filter(isUnsettled)].slice(-maxCarried);
  const { since, plan, looksAt, facts } = before;
  return { ...fresh, items, since, plan, looksAt, facts, carried, cut: true };
}

/** Records how much of the text of the first block was dropped. */
function withPlace(blocks: readonly Block[], before: readonly Block[]): readonly Block[] {
  const [first, ...others] = blocks;
  const known = before[before.length - blocks.length];
  if (first?.type !== "text" || known?.type !== "text") return blocks;
  const from = (known.from ?? 0) + known.text.length - first.text.length;
  return [{ ...first, from }, ...others];
}

function beginningOf(row: Item): string {
  return `${row.type} ${row.cursor}`;
}

/** Returns the dropped row that a row continues. */
function formerOf(row: Item, gone: ReadonlySet<Item>): Item | undefined {
  return [...gone].findLast((r) => {
    if (row.type === "say") return r.type === "say" && r.voice === row.voice;
    if (row.type === "other") return r.type === "other" && r.name === row.name;
    if (row.type === "tool") return r.type === "tool" && r.id === row.id;
    if (row.type === "terminal") return r.type === "terminal" && r.terminal.id === row.terminal.id;
    if (row.type === "compaction") return r.type === "compaction" && r.id === row.id;
    return (
      row.type === "plan" && r.type === "plan" && r.planId === row.planId && r.turn === row.turn
    );
  });
}
