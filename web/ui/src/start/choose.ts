import type { Session } from "parley-client";

import { recall } from "../core/memory.ts";

export type Filter = "active" | "mine" | "all";

/** Sessions that fit the filter and hold every word, newest first as they come. */
export function chooseSessions(
  sessions: readonly Session[],
  filter: Filter,
  words: string,
  known = recall,
): Session[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return sessions.filter((s) => {
    if (filter === "active" && s.status !== "active") return false;
    const mine = known(s.id);
    if (filter === "mine" && !mine?.participant) return false;
    const text = `${mine?.title ?? ""} ${s.hostUserId} ${s.workspaceId} ${s.id}`.toLowerCase();
    return wanted.every((w) => text.includes(w));
  });
}
