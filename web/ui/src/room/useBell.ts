import { useEffect, useRef } from "react";

import { Bell, oneLine, type Ring } from "../core/bell.ts";
import { recall } from "../core/memory.ts";
import type { Room } from "../core/room.ts";
import { unreadCount } from "../core/unread.ts";
import { t } from "../texts.ts";
import { bellChoice, looksAway, permissionNow } from "./bell.ts";
import type { RoomStore } from "./store.ts";
import { useVisible } from "./useUnread.ts";

/** Says what waits where the page is out of sight: in its title, and by notifications. */
export function useBell(store: RoomStore, room: Room, title: string, decides: boolean): void {
  const visible = useVisible();
  const waiting = decides ? room.pending.length + room.permissions.length : 0;
  const seen = recall(room.session.id)?.seen ?? null;
  const count = waiting || (visible ? 0 : unreadCount(room.timeline.items, seen, room.me.id));
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${title} · ${t.app}`;
  }, [count, title]);

  const now = useRef({ room, title, decides });
  useEffect(() => {
    now.current = { room, title, decides };
  });
  useEffect(() => {
    const bell = new Bell(now.current.room);
    const shown = new Shown();
    const ring = (rings: readonly Ring[]) => {
      if (looksAway()) shown.add(now.current.room.session.id, now.current.title, rings);
    };
    ring(bell.first(now.current.room, now.current.decides));
    const stop = store.onEvents((room, events) =>
      ring(bell.take(room, events, now.current.decides)),
    );
    return () => {
      stop();
      shown.close();
    };
  }, [store]);
}

const longestTitle = 80;
// Nobody looks through more.
const most = 50;

/** The notifications that are shown. They go when one looks at the page. */
class Shown {
  private readonly byTag = new Map<string, Notification>();
  private readonly looked = new AbortController();

  constructor() {
    const { signal } = this.looked;
    window.addEventListener("focus", this.clear, { signal });
    document.addEventListener("visibilitychange", this.clear, { signal });
  }

  // What was written stays in the page: notifications are seen by others.
  add(session: string, title: string, rings: readonly Ring[]): void {
    if (permissionNow() !== "granted") return;
    const choice = bellChoice(session);
    for (const { kind, tag, text } of rings) {
      if (!choice[kind]) continue;
      try {
        const options = { body: text, tag: `${session} ${tag}` };
        const n = new Notification(oneLine(title, longestTitle), options);
        n.onclick = () => {
          window.focus();
          n.close();
        };
        n.onclose = () => this.byTag.get(tag) === n && this.byTag.delete(tag);
        this.byTag.set(tag, n);
        this.closeOldest();
      } catch {
        return; // Phones allow them to service workers alone.
      }
    }
  }

  private closeOldest(): void {
    if (this.byTag.size <= most) return;
    for (const [tag, n] of this.byTag) {
      this.byTag.delete(tag);
      n.close();
      return;
    }
  }

  close(): void {
    this.looked.abort();
    for (const n of this.byTag.values()) n.close();
    this.byTag.clear();
  }

  private readonly clear = (): void => {
    if (looksAway()) return;
    for (const n of this.byTag.values()) n.close();
    this.byTag.clear();
  };
}
