/**
 * Decides whether a list stays at its end while it grows. Only the user lets go
 * of the end, by scrolling up; growth alone never does. It knows no clock and no
 * page: times are in milliseconds.
 */

// A list this close to its end counts as being there.
const nearEndPx = 80;
// A wheel or a finger may keep the list gliding for this long.
const glideMs = 1_000;

/** Where a list is scrolled to, in pixels. */
export interface ScrollPosition {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
}

export function isAtEnd(p: ScrollPosition): boolean {
  return p.scrollHeight - p.clientHeight - p.scrollTop < nearEndPx;
}

export class Stick {
  private stuck = true;
  private live = true;
  /** While the list scrolls to a card, it may pass its end without staying there. */
  private seeking = false;
  private touchedAt = -Infinity;
  private pressed = false;
  private top = 0;
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Reports whether the list is kept at its end. */
  isStuck = (): boolean => this.stuck;

  /** Tells whether the list ends with the newest events. The end of a stretch of the past is not kept. */
  setLive(live: boolean): void {
    this.live = live;
  }

  /** Starts with another list. */
  attach(top: number): void {
    this.pressed = false;
    this.top = top;
  }

  /** The user has touched the list at that time, or pressed a button on it. */
  touch(at: number, isPress: boolean): void {
    this.touchedAt = at;
    if (isPress) this.pressed = true;
  }

  /** The user has let go of the button. */
  letGo(): void {
    this.pressed = false;
  }

  /** The list was scrolled, by the user or because rows were measured anew. */
  scroll(position: ScrollPosition, at: number): void {
    const byUser = this.pressed || at - this.touchedAt < glideMs;
    if (isAtEnd(position)) this.set(this.live);
    else if (byUser && position.scrollTop < this.top) this.set(false);
    this.top = position.scrollTop;
  }

  /** Keeps the list at its end from now on, whatever the user did before. */
  toEnd(): void {
    this.touchedAt = -Infinity;
    this.seeking = false;
    this.set(true);
  }

  /** Lets go of the end until the search for a card is over. */
  seek(): void {
    this.seeking = true;
    this.set(false);
  }

  /** The search for a card is over, with the list at that position. */
  endSeek(position: ScrollPosition | null): void {
    this.seeking = false;
    if (position && this.live && isAtEnd(position)) this.set(true);
  }

  private set(stuck: boolean): void {
    if (this.stuck === stuck || (stuck && this.seeking)) return;
    this.stuck = stuck;
    for (const listener of this.listeners) listener();
  }
}
