/** What the user has not seen while the page was out of sight or scrolled up. */

import type { Item } from "parley-client/view";

/** Reports whether a row counts as unread for that user. */
export function counts(item: Item, me: string): boolean {
  switch (item.type) {
    case "chat":
      return item.author.id !== me;
    case "prompt":
      return item.approval.participantId !== me;
    case "say":
      return item.voice === "message";
    case "permission":
    case "elicitation":
    case "turn-end":
      return true;
  }
  return false;
}

/** Returns the index of the first row after seen; -1 if no new row counts. */
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
