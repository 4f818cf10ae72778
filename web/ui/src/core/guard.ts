/**
 * Guards a decision against a click or a key that was meant for something else:
 * for what stood in its place before, or for what a person saw before this
 * appeared. It knows no clock and no page: its times are those of the frames
 * that were drawn and of the events that came.
 */

/** So long must something have been in sight before one can decide on it, in milliseconds. */
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
  /** How far its list was scrolled, and how long the list was. */
  scrolled: number;
  length: number;
  /** How often the page has scrolled the list by itself. */
  ownScrolls: number;
}

export interface Point {
  x: number;
  y: number;
}

export class Guard {
  private since: number | null = null;
  private frames: Frame[] = [];

  /** To be called when the card may have been out of sight. */
  restart(): void {
    this.since = null;
    this.frames = [];
  }

  /** To be called when the card's buttons have changed their places, or something else was pressed. */
  rearrange(): void {
    this.frames = [];
  }

  /** Takes in a frame that was drawn. */
  draw(frame: Frame): void {
    this.since ??= frame.at;
    const last = this.frames.at(-1);
    if (last && !sameSize(last, frame)) this.frames = [];
    else if (last && wasScrolled(last, frame)) {
      const by = frame.top - last.top;
      this.frames = this.frames.map((f) => ({ ...f, top: f.top + by, bottom: f.bottom + by }));
    }
    this.frames.push(frame);
    // An event can be older than the newest frame, so more is kept than counts.
    while ((this.frames[1]?.at ?? Infinity) <= frame.at - 2 * settleMs) this.frames.shift();
  }

  /** Whether a key, or a screen reader, may decide at that time. */
  allowsKey(at: number): boolean {
    return this.since !== null && at - this.since >= settleMs;
  }

  /** Whether a press at that point may: the card must have been there all the while. */
  allowsPress(at: number, point: Point): boolean {
    const frames = this.framesThatCount(at);
    return this.allowsKey(at) && frames.length > 0 && frames.every((f) => isIn(point, f));
  }

  /** The frames in sight since the time that counts began; none if the first came later. */
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

// One's own scrolling brings the card to where one wants it. When the list has
// become longer or shorter meanwhile, or the page has scrolled, it is no wish.
function wasScrolled(a: Frame, b: Frame): boolean {
  const by = b.scrolled - a.scrolled;
  return (
    by !== 0 &&
    Math.abs(b.top - a.top + by) <= 1 &&
    Math.abs(b.length - a.length) <= 1 && // it is told in whole pixels
    a.ownScrolls === b.ownScrolls
  );
}

function isIn(p: Point, b: Box): boolean {
  return p.x >= b.left && p.x <= b.right && p.y >= b.top && p.y <= b.bottom;
}
