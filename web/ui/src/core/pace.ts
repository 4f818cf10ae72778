/**
 * Decides when a stream is rendered. Readers see no difference between twenty and sixty
 * updates a second, but the page needs time for keys, clicks and scrolling.
 */

// Slightly less than three frames of a usual screen, so that every third frame is used.
const leastMs = 40;
// A slow device, such as a phone, renders less often and has three times as long for
// other work.
const rest = 3;
const maxMs = 400;

export class Pace {
  private next = -Infinity;

  /** Returns in how many milliseconds the next rendering may begin. */
  wait(now: number): number {
    return Math.max(0, this.next - now);
  }

  /** Records when a rendering began and ended. */
  drew(began: number, ended: number): void {
    const took = Math.max(0, ended - began);
    this.next = Math.max(began + leastMs, ended + Math.min(maxMs, rest * took));
  }
}
