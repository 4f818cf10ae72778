import { settleMs } from "./guard.ts";

/** Tracks which value of something that changes the user can have seen. */
export class Seen<T> {
  private before: T;
  private since = -Infinity;

  constructor(private now: T) {
    this.before = now;
  }

  /** Records that a value is shown from that time on. */
  show(value: T, at: number): void {
    if (value === this.now) return;
    this.before = this.at(at);
    this.now = value;
    this.since = at;
  }

  /**
   * Returns the value that a user who acts at that time can have seen. A new value
   * takes a moment to notice.
   */
  at(at: number): T {
    return at - this.since < settleMs ? this.before : this.now;
  }
}
