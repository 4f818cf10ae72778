import type { Redaction } from "../protocol.gen.js";
import { isUnsettled, type Item } from "./items.js";
import type { Lack, Timeline } from "./timelineState.js";
import type { SessionEvent } from "./wire.js";

/** A row without what the draft adds to it. */
export type NewRow<T = Item> = T extends Item ? Omit<T, "key" | "cursor" | "at"> : never;

type State = {
  -readonly [K in keyof Omit<Timeline, "items" | "strays" | "carried" | "lacks">]: Timeline[K];
};

/**
 * A timeline while events are folded into it. Rows are replaced, never changed,
 * so that an unchanged row stays the same object.
 */
export class Draft {
  readonly items: Item[];
  readonly strays: SessionEvent[];
  readonly lacks: Lack[];
  carried: readonly Item[];
  state: State;
  /** The event that is being folded, and its time in milliseconds. */
  event!: SessionEvent;
  at = 0;

  constructor(before: Timeline) {
    const { items, strays, lacks, carried, ...state } = before;
    this.items = items.slice();
    this.strays = strays.slice();
    this.lacks = lacks.slice();
    this.carried = carried;
    this.state = state;
  }

  done(): Timeline {
    const { items, strays, lacks, carried } = this;
    return { ...this.state, items, strays, lacks, carried };
  }

  begin(e: SessionEvent): void {
    this.event = e;
    this.at = Date.parse(e.timestamp);
  }

  /** Marks the last of the rows that differ from those before the event. */
  mark(before: readonly Item[], redaction: Redaction): void {
    const known = new Set(before);
    const i = this.items.findLastIndex((row) => !known.has(row));
    if (i >= 0) this.items[i] = { ...this.items[i]!, redaction };
  }

  add(row: NewRow): void {
    this.items.push({
      ...row,
      key: `${row.type}:${this.event.cursor}`,
      cursor: this.event.cursor,
      at: this.at,
    } as Item);
  }

  /** Keeps the event for rows that are not here. */
  stray(): void {
    if (this.strays.at(-1) !== this.event) this.strays.push(this.event);
  }

  /** Records that something was not found, so that older events may have it. */
  lack(key: string): void {
    this.lacks.push({ cursor: this.event.cursor, key });
  }

  /** Removes a row. */
  remove(i: number): void {
    this.items.splice(i, 1);
    const { state } = this;
    if (i < state.start) state.start--;
    if (i === state.open) state.open = -1;
    else if (i < state.open) state.open--;
  }

  /** Changes carried rows, and drops those that are settled by the change. */
  changeCarried(isMeant: (row: Item) => boolean, change: Partial<Item>): void {
    if (!this.carried.some(isMeant)) return;
    this.carried = this.carried
      .map((row) => (isMeant(row) ? ({ ...row, ...change } as Item) : row))
      .filter(isUnsettled);
  }
}
