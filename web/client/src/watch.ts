/** Ends a connection on which nothing at all came for two heartbeats. */
export class Watch {
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Half intervals since something came. */
  private halves = 0;

  /**
   * Calls beat when an interval was silent, and silent after the second one.
   * Timers of hidden pages run late, so silence is counted in ticks and not in
   * time: an answer to beat is heard in time even there.
   */
  start(intervalMs: number, beat: () => void, silent: () => void): void {
    if (!(intervalMs > 0)) return; // the server promises none
    this.timer = setInterval(() => {
      const halves = this.halves++;
      if (halves >= 4) silent();
      else if (halves % 2 === 1) beat();
    }, intervalMs / 2);
  }

  alive(): void {
    this.halves = 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
