import type { HostSession, Session } from "parley-client";

import { nameInUserId, recall } from "../core/memory.ts";
import { t } from "../texts.ts";

export type Filter = "active" | "mine" | "all";

/** A session, with what its agent's session and this browser know about it. */
export interface Entry {
  session: Session;
  title: string;
  agent: string;
}

export function entriesOf(
  sessions: readonly Session[],
  hosts: readonly HostSession[],
  known = recall,
): Entry[] {
  const byId = new Map(hosts.map((h) => [h.id, h]));
  return sessions.map((session) => {
    const host = byId.get(session.hostSessionId);
    const title =
      host?.title ||
      host?.facts.sessionTitle ||
      (known(session.id)?.title ?? t.room.titleBy(nameInUserId(session.hostUserId)));
    return { session, title, agent: host?.agent ?? "" };
  });
}

/** Returns the sessions that are open on an agent's session. */
export function openOn(host: { id: string }, entries: readonly Entry[]): Entry[] {
  return entries.filter(
    (e) => e.session.hostSessionId === host.id && e.session.status === "active",
  );
}

/** Returns the sessions that match the filter and contain every word, in their given order. */
export function chooseSessions(
  entries: readonly Entry[],
  filter: Filter,
  words: string,
  known = recall,
): Entry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ session: s, title, agent }) => {
    if (filter === "active" && s.status !== "active") return false;
    if (filter === "mine" && !known(s.id)?.participant) return false;
    const text = `${title} ${agent} ${s.hostUserId} ${s.workspaceId} ${s.id}`.toLowerCase();
    return wanted.every((w) => text.includes(w));
  });
}
