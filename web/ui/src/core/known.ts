/** What is known from events that are not loaded any more. */

import type { Block } from "./acp.ts";
import { isUnsettled, type Item, type PermissionRow, type ToolRow } from "./items.ts";
import { callOf, completed } from "./merge.ts";
import type { Timeline } from "./timeline.ts";

// A turn with more calls that go on than these is none that anybody follows.
const mostCarried = 256;

/**
 * withKnown adds to a time line that was folded anew what the former one knew
 * beside, from events that neither of them has any more. Both end with the same
 * event.
 */
export function withKnown(next: Timeline, before: Timeline): Timeline {
  if (!before.cut) return next;
  const facts = withFacts(next.items, [...before.carried, ...before.items], before.running);
  const items = withTurns(facts, before.items);
  const carried = before.carried.filter((row) => findSame(items, row) === undefined);
  const { since, plan } = next.running === before.running ? before : next;
  return {
    ...next,
    items,
    since: next.since ?? since,
    plan: next.plan === undefined ? plan : next.plan,
    carried,
    cut: true,
  };
}

/**
 * withFacts adds what former rows tell of open questions, and of the calls that
 * go on. Nothing that is asked about is shown with less than before.
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

/** withTurns adds what former rows tell of turns that began before the first event. */
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
    return row.type === "tool" && r.type === "tool" && r.id === row.id && r.turn === row.turn;
  });
}

/**
 * shortened is the time line of what is left when the oldest events are
 * dropped: fresh is the fold of the others alone. Rows that have begun with one
 * of the others stay the same objects; a row that goes on over the cut keeps its
 * key.
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
    // The words that were dropped are gone; of a call and a plan all is known.
    if (row.type === "say" && former.type === "say")
      return { ...row, key: former.key, blocks: withPlace(row.blocks, former.blocks) };
    if (former.type === "other") return { ...row, key: former.key };
    return { ...former, cursor: row.cursor };
  });
  const carried = [...before.carried, ...[...gone].filter(isUnsettled)].slice(-mostCarried);
  return { ...fresh, items, since: before.since, plan: before.plan, carried, cut: true };
}

/** Tells of the first of some blocks how much of its text was dropped. */
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

/** The row among those that a row goes on with. */
function formerOf(row: Item, gone: ReadonlySet<Item>): Item | undefined {
  return [...gone].findLast((r) => {
    if (row.type === "say") return r.type === "say" && r.voice === row.voice;
    if (row.type === "other") return r.type === "other" && r.name === row.name;
    if (row.type === "tool") return r.type === "tool" && r.id === row.id;
    return row.type === "plan" && r.type === "plan" && r.turn === row.turn;
  });
}
