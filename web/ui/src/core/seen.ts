import { settleMs } from "./guard.ts";

/** Tracks which of its values a changing display has shown long enough to be noticed. */
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
   * Returns the value that a user acts on at that time: the previous value until the
   * new one has been shown long enough to be noticed.
   */
  at(at: number): T {
    return at - this.since < settleMs ? this.before : this.now;
  }
}
