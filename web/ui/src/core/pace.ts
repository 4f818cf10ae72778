/**
 * When what comes in a stream is drawn. A reader does not see the difference
 * between twenty pictures a second and sixty, but the page has time for keys,
 * clicks and scrolling in between.
 */

// A little less than three frames of a usual screen, so that the third is the next one.
const leastMs = 40;
// What draws slowly, as a phone does, draws the less often, and has as much time
// again and again for the rest.
const rest = 3;
const mostMs = 400;

export class Pace {
  private next = -Infinity;

  /** How many milliseconds from now the next drawing may begin. */
  wait(now: number): number {
    return Math.max(0, this.next - now);
  }

  /** Says when a drawing began and ended. */
  drew(began: number, ended: number): void {
    const took = Math.max(0, ended - began);
    this.next = Math.max(began + leastMs, ended + Math.min(mostMs, rest * took));
  }
}
