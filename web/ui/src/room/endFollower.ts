import { Stick } from "../core/stick.ts";
import { RowHold } from "./rowHold.ts";
import { scrollBySelf } from "./ownScrolls.ts";

const touches = ["wheel", "touchmove", "keydown", "pointerdown"] as const;

/**
 * Keeps a list at its end while it grows or its window shrinks, as {@link Stick}
 * decides. While the user is about to decide on something in the list, that row
 * stays in its place instead.
 */
export class EndFollower {
  readonly stick = new Stick();
  private list: HTMLElement | null = null;
  private hold: RowHold | null = null;
  private detach: () => void = () => {};

  /** Follows that element from now on, or none. */
  readonly attach = (element: HTMLElement | Window | null): void => {
    this.detach();
    this.detach = () => {};
    this.hold = null;
    this.list = element instanceof HTMLElement ? element : null;
    if (!this.list) return;
    const hold = (this.hold = new RowHold(this.list, this.follow));
    this.stick.attach(this.list.scrollTop);
    const unwatch = this.watch(this.list);
    this.detach = () => {
      hold.close();
      unwatch();
    };
  };

  /** Must be called when the list or its window has become longer or shorter. */
  readonly follow = (): void => {
    if (!this.list || this.hold?.keepInPlace()) return;
    if (this.stick.isStuck()) scrollBySelf(this.list, this.list.scrollHeight);
  };

  readonly toEnd = (): void => {
    this.hold?.release();
    this.stick.toEnd();
    if (this.list) scrollBySelf(this.list, this.list.scrollHeight);
  };

  /** Must be called before the list scrolls to a card. Until endSeek it is not kept at its end. */
  readonly seek = (): void => {
    this.hold?.release();
    this.stick.seek();
  };

  /** Must be called when the search for the card is over. */
  readonly endSeek = (): void => this.stick.endSeek(this.list);

  private watch(list: HTMLElement): () => void {
    const stop = new AbortController();
    const listening = { signal: stop.signal, passive: true };
    // The time at which the page learns of it: a busy page learns late, and scrolls later still.
    const touch = (e: Event) => this.stick.touch(performance.now(), e.type === "pointerdown");
    for (const type of touches) list.addEventListener(type, touch, listening);
    window.addEventListener("pointerup", () => this.stick.letGo(), listening);
    list.addEventListener("scroll", () => this.stick.scroll(list, performance.now()), listening);
    const resized = new ResizeObserver(this.follow);
    resized.observe(list);
    // Rows that are measured anew change the list's height after it was announced.
    const rows = list.querySelector('[data-testid="virtuoso-item-list"]');
    if (rows) resized.observe(rows, { box: "border-box" });
    return () => {
      stop.abort();
      resized.disconnect();
    };
  }
}
