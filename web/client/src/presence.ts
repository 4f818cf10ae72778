import type { Presence, PresenceAnswer, Welcome } from "./protocol.gen.js";

/** Who has a connection, kept up to date by what the server tells of changes. */
export class PresenceList {
  private epoch = "";
  private at = 0;
  private ids: readonly string[] = [];

  /** The ids of all who have a connection. */
  get participants(): string[] {
    return [...this.ids];
  }

  /** Begins with the list of a new connection. */
  welcomed(welcome: Welcome): void {
    this.answered({
      epoch: welcome.presenceEpoch,
      at: welcome.presenceAt,
      participants: welcome.presence,
    });
  }

  /** Takes the whole list. */
  answered({ epoch, at, participants }: PresenceAnswer): void {
    Object.assign(this, { epoch, at, ids: participants });
  }

  /**
   * Takes a change in: "known" where it is no news, "missed" where one before it was missed, so
   * that the list has to be asked for.
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
