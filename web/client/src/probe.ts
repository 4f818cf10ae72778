/** How long a connection in doubt may be silent. */
const deadlineMs = 3_000;

/**
 * Finds out whether a connection in doubt still works. It must answer a ping, and must
 * not be silent for longer than the deadline until then.
 */
export class Probe {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private id: string | undefined;

  constructor(private readonly onDead: () => void) {}

  /** Starts, unless it has already. ask sends a ping and returns its id, if it can. */
  start(ask: () => string | undefined): void {
    if (this.timer !== undefined) return;
    this.restart();
    this.id = ask();
  }

  /**
   * Something arrived. It may have been sent before the network broke, so it only
   * extends the deadline.
   */
  alive(): void {
    if (this.timer !== undefined) this.restart();
  }

  answered(id: string): void {
    if (id === this.id) this.stop();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = this.id = undefined;
  }

  private restart(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.stop();
      this.onDead();
    }, deadlineMs);
  }
}
