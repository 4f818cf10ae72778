/** Finds the rows that an event is about. Each function returns -1 if there is none. */

import type { Item } from "./items.js";

export function findPrompt(items: readonly Item[], id: string): number {
  return items.findLastIndex((r) => r.type === "prompt" && r.approval.id === id);
}

export function findPermission(items: readonly Item[], id: string): number {
  return items.findLastIndex((r) => r.type === "permission" && r.requestId === id);
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

export function findPlan(items: readonly Item[], start: number): number {
  return findLastFrom(items, start, (r) => r.type === "plan");
}

function findLastFrom(items: readonly Item[], start: number, wanted: (r: Item) => boolean): number {
  for (let i = items.length - 1; i >= start; i--) {
    const row = items[i];
    if (row && wanted(row)) return i;
  }
  return -1;
}
