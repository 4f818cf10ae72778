import { useEffect, useEffectEvent } from "react";

import { Bell, oneLine, type Ring } from "../core/bell.ts";
import { recall } from "../core/memory.ts";
import { openQuestions, type Room } from "../core/room.ts";
import { unreadCount } from "../core/unread.ts";
import type { SessionEvent } from "../core/wire.ts";
import { t } from "../texts.ts";
import { bellChoice, looksAway, permissionNow } from "./bell.ts";
import type { RoomStore } from "./store.ts";
import { useVisible } from "./useUnread.ts";

/** Events that were received together, and the room after them. */
interface Burst {
  room: Room;
  events: readonly SessionEvent[];
}

/** Tells the user what waits while the page is out of sight: in its title and by notifications. */
export function useBell(store: RoomStore, room: Room, title: string, decides: boolean): void {
  const visible = useVisible();
  const waiting = decides ? room.pending.length + openQuestions(room).length : 0;
  const seen = recall(room.session.id)?.seen ?? null;
  const count = waiting || (visible ? 0 : unreadCount(room.timeline.items, seen, room.me.id));
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${title} · ${t.app}`;
  }, [count, title]);

  const newBell = useEffectEvent(() => new Bell(room));
  const ring = useEffectEvent((bell: Bell, shown: Shown, burst: Burst | null) => {
    const rings = burst ? bell.take(burst.room, burst.events, decides) : bell.first(room, decides);
    if (looksAway()) shown.add(room.session.id, title, rings);
  });
  useEffect(() => {
    const bell = newBell();
    const shown = new Shown();
    ring(bell, shown, null);
    const stop = store.onEvents((room, events) => ring(bell, shown, { room, events }));
    return () => {
      stop();
      shown.close();
    };
  }, [store]);
}

const longestTitle = 80;
// Nobody reads through more.
const maxShown = 50;

/** The notifications on screen. They are closed when the user looks at the page. */
class Shown {
  private readonly byTag = new Map<string, Notification>();
  private readonly looked = new AbortController();

  constructor() {
    const { signal } = this.looked;
    window.addEventListener("focus", this.clear, { signal });
    document.addEventListener("visibilitychange", this.clear, { signal });
  }

  // The text says who and what, but never quotes a message: others may see notifications.
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
        return; // On phones only service workers may show notifications.
      }
    }
  }

  private closeOldest(): void {
    if (this.byTag.size <= maxShown) return;
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
