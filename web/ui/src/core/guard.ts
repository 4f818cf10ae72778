/**
 * Guards a decision against a click or a key that was meant for something else: for
 * what stood in the same place before, or for what the user saw before the card
 * appeared. It knows no clock and no page: its times are those of frames and events, in
 * milliseconds.
 */

/** How long a card must be in sight before it can be decided on, in milliseconds. */
export const settleMs = 700;

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Where a card was drawn in a frame. */
export interface Frame extends Box {
  at: number;
  /** The scroll offset of its list, and the length of the list, in pixels. */
  scrolled: number;
  length: number;
  /** How often the page itself has scrolled the list. */
  ownScrolls: number;
}

export interface Point {
  x: number;
  y: number;
}

export class Guard {
  private since: number | null = null;
  private frames: Frame[] = [];

  /** Must be called when the card may have been out of sight. */
  restart(): void {
    this.since = null;
    this.frames = [];
  }

  /** Must be called when the buttons have moved, or when something else was pressed. */
  rearrange(): void {
    this.frames = [];
  }

  /** Takes in a frame. */
  draw(frame: Frame): void {
    this.since ??= frame.at;
    const last = this.frames.at(-1);
    if (last && !sameSize(last, frame)) this.frames = [];
    else if (last && wasScrolled(last, frame)) {
      const by = frame.top - last.top;
      this.frames = this.frames.map((f) => ({ ...f, top: f.top + by, bottom: f.bottom + by }));
    }
    this.frames.push(frame);
    // An event can be older than the newest frame, so frames are kept for twice as
    // long.
    while ((this.frames[1]?.at ?? Infinity) <= frame.at - 2 * settleMs) this.frames.shift();
  }

  /** Reports whether a key press or a screen reader may decide at that time. */
  allowsKey(at: number): boolean {
    return this.since !== null && at - this.since >= settleMs;
  }

  /**
   * Reports whether a press at that point may decide: the card must have been there for
   * the whole time.
   */
  allowsPress(at: number, point: Point): boolean {
    const frames = this.framesThatCount(at);
    return this.allowsKey(at) && frames.length > 0 && frames.every((f) => isIn(point, f));
  }

  /** Returns the frames of the time that counts; none if the card appeared later. */
  private framesThatCount(at: number): Frame[] {
    const first = this.frames.findLastIndex((f) => f.at <= at - settleMs);
    return first < 0 ? [] : this.frames.slice(first);
  }
}

function sameSize(a: Box, b: Box): boolean {
  const width = Math.abs(a.right - a.left - (b.right - b.left));
  const height = Math.abs(a.bottom - a.top - (b.bottom - b.top));
  return width < 1 && height < 1;
}

// The user's own scrolling moves the card where the user wants it. If the list also
// changed its length, or the page scrolled it, the movement is not the user's.
function wasScrolled(a: Frame, b: Frame): boolean {
  const by = b.scrolled - a.scrolled;
  return (
    by !== 0 &&
    Math.abs(b.top - a.top + by) <= 1 &&
    Math.abs(b.length - a.length) <= 1 && // scroll heights are whole pixels
    a.ownScrolls === b.ownScrolls
  );
}

function isIn(p: Point, b: Box): boolean {
  return p.x >= b.left && p.x <= b.right && p.y >= b.top && p.y <= b.bottom;
}
