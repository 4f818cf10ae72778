import { useEffect, useRef } from "react";

import { unreadCount } from "../core/unread.ts";
import { nameOf, personById, type Room } from "../core/room.ts";
import { recall } from "../core/memory.ts";
import { t } from "../texts.ts";
import { useVisible } from "./useUnread.ts";

/** Says what waits where the page is out of sight: in its title, and as a notification. */
export function useBell(room: Room, title: string, host: boolean): void {
  const visible = useVisible();
  const waiting = host ? room.pending.length + room.permissions.length : 0;
  const seen = recall(room.session.id)?.seen ?? null;
  const count = waiting || (visible ? 0 : unreadCount(room.timeline.items, seen, room.me.id));
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${title} · ${t.app}`;
  }, [count, title]);

  const told = useRef(new Set<string>());
  useEffect(() => {
    if (!host) return;
    for (const [id, text] of waits(room)) {
      if (told.current.has(id)) continue;
      told.current.add(id);
      if (!visible) notify(title, text, id);
    }
  }, [room, host, visible, title]);
}

function waits(room: Room): [string, string][] {
  return [
    ...room.pending.map((a): [string, string] => {
      const author = personById(room, a.participantId);
      return [a.id, t.bell.proposal(author ? nameOf(author) : t.somebody)];
    }),
    ...room.permissions.map((p): [string, string] => [p.requestId, t.bell.permission]),
  ];
}

// What is in the prompt stays in the page: notifications are seen by others.
function notify(title: string, body: string, tag: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const n = new Notification(title, { body, tag });
    n.onclick = () => {
      window.focus();
      n.close();
    };
  } catch {
    /* Phones allow them to service workers alone. */
  }
}
