/** Finds the rows that an event is about. Each function returns -1 if there is none. */

import type { Item, ToolRow } from "./items.js";

/** Finds the row of a prompt by the id of its approval. */
export function findPrompt(items: readonly Item[], id: string): number {
  return items.findLastIndex((r) => r.type === "prompt" && r.approval.id === id);
}

/** Finds the row of a question by its id. */
export function findPermission(items: readonly Item[], id: string): number {
  return items.findLastIndex((r) => r.type === "permission" && r.requestId === id);
}

/** Finds the row of a request for input by its id. */
export function findElicitation(items: readonly Item[], id: string): number {
  return items.findLastIndex((r) => r.type === "elicitation" && r.request.requestId === id);
}

/**
 * Finds a tool call in the turn that begins with the row at start. A restarted agent
 * may reuse ids, so the call of an earlier turn matches only an update, and only if it
 * never ended.
 */
export function findTool(
  items: readonly Item[],
  id: string,
  begins: boolean,
  start: number,
): number {
  const i = findLastFrom(items, start, (r) => r.type === "tool" && r.id === id);
  if (i >= 0 || begins) return i;
  return items.findLastIndex((r) => r.type === "tool" && r.id === id && r.status === "unfinished");
}

/** Finds a plan in the turn that begins with the row at start. */
export function findPlan(items: readonly Item[], planId: string, start: number): number {
  return findLastFrom(items, start, (r) => r.type === "plan" && r.planId === planId);
}

/** Finds the row that shows a terminal. */
export function findTerminal(items: readonly Item[], id: string, start: number): number {
  return findLastFrom(
    items,
    start,
    (r) =>
      (r.type === "terminal" && r.terminal.id === id) ||
      (r.type === "tool" && terminalsOf(r).includes(id)),
  );
}

/** Returns the ids of the terminals that a tool call has or names. */
export function terminalsOf({ content, terminals }: ToolRow): string[] {
  const named = content.flatMap((c) => (c.type === "terminal" ? [c.terminalId] : []));
  return [...terminals.map((t) => t.id), ...named];
}

/** Finds the row of a compaction. */
export function findCompaction(items: readonly Item[], id: string): number {
  return items.findLastIndex((r) => r.type === "compaction" && r.id === id);
}

/** Returns the keys of what rows are about, by which later events refer to them. */
export function keysOf(items: readonly Item[]): Set<string> {
  const keys = new Set<string>();
  for (const r of items) {
    if (r.type === "prompt") keys.add(`prompt ${r.approval.id}`);
    else if (r.type === "compaction") keys.add(`compaction ${r.id}`);
    else if (r.type === "terminal") keys.add(`terminal ${r.terminal.id}`);
    else if (r.type === "tool") {
      keys.add(`tool ${r.id}`);
      for (const id of terminalsOf(r)) keys.add(`terminal ${id}`);
    }
  }
  return keys;
}

/** Finds the last row from start on that is wanted. */
export function findLastFrom(
  items: readonly Item[],
  start: number,
  wanted: (r: Item) => boolean,
): number {
  for (let i = items.length - 1; i >= start; i--) {
    const row = items[i];
    if (row && wanted(row)) return i;
  }
  return -1;
}
