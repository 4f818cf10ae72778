/** Limits how often the server is told that the user types. It knows no clock. */

// The server forgets it after five seconds.
const repeatMs = 3_000;

export class TypingNotice {
  private sentAt: number | null = null;

  /** Reports whether to tell the server now, in milliseconds, and takes it as told. */
  shouldSend(active: boolean, now: number): boolean {
    const isNews = active
      ? this.sentAt === null || now - this.sentAt >= repeatMs
      : this.sentAt !== null;
    if (isNews) this.sentAt = active ? now : null;
    return isNews;
  }
}
