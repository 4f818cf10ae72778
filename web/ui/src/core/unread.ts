/** What somebody has not seen, because the page was out of sight or scrolled up. */

import type { Item } from "./items.ts";

/** Whether a row is something that people come back for. */
export function counts(item: Item, me: string): boolean {
  switch (item.type) {
    case "chat":
      return item.author.id !== me;
    case "prompt":
      return item.approval.participantId !== me;
    case "say":
      return item.voice === "message";
    case "permission":
    case "turn-end":
      return true;
  }
  return false;
}

/** The place of the first row after seen; -1 if there is nothing new that counts. */
export function firstUnread(items: readonly Item[], seen: string | null, me: string): number {
  if (seen === null) return -1;
  const last = items.findLastIndex((r) => r.key === seen);
  if (last < 0) return -1;
  return items.slice(last + 1).some((r) => counts(r, me)) ? last + 1 : -1;
}

export function unreadCount(items: readonly Item[], seen: string | null, me: string): number {
  if (seen === null) return 0;
  const last = items.findLastIndex((r) => r.key === seen);
  return last < 0 ? 0 : items.slice(last + 1).filter((r) => counts(r, me)).length;
}
