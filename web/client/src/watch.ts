/** Ends a connection on which nothing at all came for two heartbeats. */
export class Watch {
  private timer: ReturnType<typeof setInterval> | undefined;
  private missed = 0;

  /**
   * Calls beat at each interval. Timers of hidden pages run late, so silence
   * is counted in beats that nothing followed, and not in time.
   */
  start(intervalMs: number, beat: () => void, silent: () => void): void {
    if (!(intervalMs > 0)) return; // the server promises none
    this.timer = setInterval(() => (this.missed++ < 2 ? beat() : silent()), intervalMs);
  }

  alive(): void {
    this.missed = 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
