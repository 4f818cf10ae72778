import { isUnsettled, type Item } from "./items.js";
import type { Timeline } from "./timelineState.js";
import type { SessionEvent } from "./wire.js";

/** A row without what the draft adds to it. */
export type NewRow<T = Item> = T extends Item ? Omit<T, "key" | "cursor" | "at"> : never;

type State = {
  -readonly [K in keyof Omit<Timeline, "items" | "strays" | "carried">]: Timeline[K];
};

/**
 * A timeline while events are folded into it. Rows are replaced, never changed,
 * so that an unchanged row stays the same object.
 */
export class Draft {
  readonly items: Item[];
  readonly strays: SessionEvent[];
  carried: readonly Item[];
  state: State;
  /** The event that is being folded, and its time in milliseconds. */
  event!: SessionEvent;
  at = 0;

  constructor(before: Timeline) {
    const { items, strays, carried, ...state } = before;
    this.items = items.slice();
    this.strays = strays.slice();
    this.carried = carried;
    this.state = state;
  }

  done(): Timeline {
    const { items, strays, carried } = this;
    return { ...this.state, items, strays, carried };
  }

  begin(e: SessionEvent): void {
    this.event = e;
    this.at = Date.parse(e.timestamp);
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

  /** Changes carried rows, and drops those that are settled by the change. */
  changeCarried(isMeant: (row: Item) => boolean, change: Partial<Item>): void {
    if (!this.carried.some(isMeant)) return;
    this.carried = this.carried
      .map((row) => (isMeant(row) ? ({ ...row, ...change } as Item) : row))
      .filter(isUnsettled);
  }
}
