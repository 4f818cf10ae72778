import { settleMs } from "./guard.ts";

/** What a person knows of something that is shown, and that can change at any time. */
export class Seen<T> {
  private before: T;
  private since = -Infinity;

  constructor(private now: T) {
    this.before = now;
  }

  /** It is shown from now on. */
  show(value: T, at: number): void {
    if (value === this.now) return;
    this.before = this.at(at);
    this.now = value;
    this.since = at;
  }

  /** What a person who acts at that time can have seen: nobody reads what is new so fast. */
  at(at: number): T {
    return at - this.since < settleMs ? this.before : this.now;
  }
}
