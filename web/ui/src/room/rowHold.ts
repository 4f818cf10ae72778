import { settleMs } from "../core/guard.ts";
import { scrollBySelf } from "./ownScrolls.ts";

/**
 * Keeps the row in its place that the user is about to decide on: while the
 * pointer is on its buttons or its card has the focus. The list scrolls by what
 * is added above the row, and does not follow what is added below it. When the
 * card is gone, the row keeps its height for a moment, so that nothing else
 * moves under the second click of a double click.
 */
export class RowHold {
  private row: HTMLElement | null = null;
  private top = 0;
  private height = 0;
  /** Whether the pointer is on the row. */
  private pointed = false;
  private leaving: ReturnType<typeof setTimeout> | undefined;
  private readonly stop = new AbortController();

  constructor(
    private readonly list: HTMLElement,
    /** Called when a row has been let go. */
    private readonly onReleased: () => void,
  ) {
    const { signal } = this.stop;
    const leave = () => this.leave();
    list.addEventListener("pointerover", this.point, { signal });
    list.addEventListener("pointerdown", this.point, { signal });
    list.addEventListener("pointerleave", this.unpoint, { signal });
    list.addEventListener("click", leave, { signal });
    list.addEventListener("focusin", this.focus, { signal });
    list.addEventListener("focusout", leave, { signal });
    list.addEventListener("scroll", () => this.remember(), { signal, passive: true });
  }

  close(): void {
    this.stop.abort();
    clearTimeout(this.leaving);
  }

  /** Reports whether a row is held, after scrolling it back to its place. */
  keepInPlace(): boolean {
    const { row, list } = this;
    if (!row) return false;
    if (!row.isConnected) {
      this.drop();
      return false;
    }
    if (!row.querySelector(".wait")) this.leave();
    const { top, height } = row.getBoundingClientRect();
    if (height > this.height) this.setHeight(height);
    const moved = top - this.top;
    if (Math.abs(moved) >= 1) {
      scrollBySelf(list, list.scrollTop + moved);
      this.remember();
    }
    return true;
  }

  /** Lets the row go at once. */
  release(): void {
    if (this.row) this.drop();
  }

  private readonly point = (e: Event): void => {
    const row = rowOf(e.target, ".wait-actions");
    if (row) this.hold(row);
    this.pointed = this.row !== null && e.target instanceof Node && this.row.contains(e.target);
    if (!this.pointed) this.leave();
  };

  private readonly unpoint = (): void => {
    this.pointed = false;
    this.leave();
  };

  private readonly focus = (e: Event): void => {
    const row = rowOf(e.target, ".wait");
    if (row) this.hold(row);
    else this.leave();
  };

  private hold(row: HTMLElement): void {
    if (row === this.row) return;
    if (this.row) this.drop();
    this.row = row;
    this.remember();
    this.setHeight(row.getBoundingClientRect().height);
  }

  private remember(): void {
    if (this.row) this.top = this.row.getBoundingClientRect().top;
  }

  private setHeight(height: number): void {
    this.height = height;
    if (this.row) this.row.style.minHeight = `${height}px`;
  }

  // The pointer may be on its way to the next card, or about to click again.
  private leave(): void {
    if (!this.row || this.leaving !== undefined) return;
    this.leaving = setTimeout(() => {
      this.leaving = undefined;
      if (this.isInUse()) return;
      this.drop();
      this.onReleased();
    }, settleMs);
  }

  private isInUse(): boolean {
    const card = this.row?.querySelector(".wait");
    return card != null && (this.pointed || card.matches(":focus-within"));
  }

  private drop(): void {
    clearTimeout(this.leaving);
    this.leaving = undefined;
    if (this.row) this.row.style.minHeight = "";
    this.row = null;
  }
}

function rowOf(target: EventTarget | null, part: string): HTMLElement | null {
  return target instanceof Element
    ? (target.closest(part)?.closest<HTMLElement>(".row") ?? null)
    : null;
}
