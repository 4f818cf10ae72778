import type { Presence, PresenceAnswer, Welcome } from "./protocol.gen.js";

/** The participants with a live connection, kept up to date with changes. */
export class PresenceList {
  private epoch = "";
  private at = 0;
  private ids: readonly string[] = [];

  /** The ids of the participants with a live connection. */
  get participants(): string[] {
    return [...this.ids];
  }

  /** Starts with the list of a new connection. */
  welcomed(welcome: Welcome): void {
    this.answered({
      epoch: welcome.presenceEpoch,
      at: welcome.presenceAt,
      participants: welcome.presence,
    });
  }

  /** Takes in a whole list. */
  answered({ epoch, at, participants }: PresenceAnswer): void {
    Object.assign(this, { epoch, at, ids: participants });
  }

  /**
   * Applies a change. Returns "known" if it is not new, and "missed" if an earlier
   * change was missed, so that the whole list must be requested.
   */
  apply({ epoch, from, to, joined, left }: Presence): "changed" | "known" | "missed" {
    if (epoch !== this.epoch || from > this.at) return "missed";
    if (to <= this.at) return "known";
    const gone = new Set(left);
    const ids = new Set(this.ids.filter((id) => !gone.has(id)));
    for (const id of joined) ids.add(id);
    this.at = to;
    this.ids = [...ids];
    return "changed";
  }
}
