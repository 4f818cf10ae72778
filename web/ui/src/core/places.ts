/**
 * Numbers the rows of a list that grows at both ends, so that a row keeps its
 * number when older rows are put before it or dropped.
 */

import type { Item } from "parley-client/view";

// High enough that the number never becomes negative.
const start = 1_000_000_000;

export interface Places {
  readonly items: readonly Item[];
  /** The number of the first row. */
  readonly first: number;
  /** Changes when no row of the former list is left, and the numbers start anew. */
  readonly generation: number;
}

export function placesOf(items: readonly Item[]): Places {
  return { items, first: start, generation: 0 };
}

/** Numbers a changed list. */
export function renumber(before: Places, items: readonly Item[]): Places {
  const moved = shift(before.items, items);
  if (moved === null) return { items, first: start, generation: before.generation + 1 };
  return { items, first: before.first - moved, generation: before.generation };
}

/** Returns by how many places the last common row has moved, or null if there is none. */
function shift(before: readonly Item[], after: readonly Item[]): number | null {
  if (before.length === 0 || before[0]?.key === after[0]?.key) return 0;
  const places = new Map(after.map((r, i) => [r.key, i]));
  for (let i = before.length - 1; i >= 0; i--) {
    const place = places.get(before[i]!.key);
    if (place !== undefined) return place - i;
  }
  return null;
}
