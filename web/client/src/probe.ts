/** How long a connection in doubt may be silent. */
const deadlineMs = 3_000;

/**
 * Finds out whether a connection in doubt still works: it must answer a ping,
 * and must not be silent for as long as the deadline before it does.
 */
export class Probe {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private id: string | undefined;

  constructor(private readonly onDead: () => void) {}

  /** Begins, unless a probe is under way. ask sends a ping and returns its id, if it can. */
  start(ask: () => string | undefined): void {
    if (this.timer !== undefined) return;
    this.restart();
    this.id = ask();
  }

  /** Something came. What was sent before the network broke proves nothing yet. */
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
