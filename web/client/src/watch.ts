/** Ends a connection on which nothing has arrived for two heartbeats. */
export class Watch {
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Half intervals since something arrived. */
  private halves = 0;

  /**
   * Calls beat after a silent interval, and silent after the second one. Timers of
   * hidden pages are delayed, so silence is counted in ticks, not in time: there is
   * always time for the answer to a beat.
   */
  start(intervalMs: number, beat: () => void, silent: () => void): void {
    if (!(intervalMs > 0)) return; // the server sends no heartbeats
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
