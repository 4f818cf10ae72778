import { useEffect, useRef, useState, useSyncExternalStore } from "react";

import type { Item } from "parley-client/view";
import { recall, remember } from "../core/memory.ts";
import { firstUnread } from "../core/unread.ts";

// How long the mark stays once everything is in sight.
const markStaysMs = 5_000;

export function useVisible(): boolean {
  return useSyncExternalStore(
    (l) => {
      document.addEventListener("visibilitychange", l);
      return () => document.removeEventListener("visibilitychange", l);
    },
    () => !document.hidden,
  );
}

/** Remembers, across visits, which row was seen last, and returns where the unread rows begin. */
export function useUnread(session: string, items: readonly Item[], meId: string, atEnd: boolean) {
  const visible = useVisible();
  const [seen, setSeen] = useState<string | null>(() => recall(session)?.seen ?? null);
  const [mark, setMark] = useState<string | null>(null);
  const looking = visible && atEnd;
  const last = items.at(-1)?.key ?? null;

  // Missed rows are marked when the user starts to look, or while the user is away.
  const wasLooking = useRef(false);
  useEffect(() => {
    if (!wasLooking.current && mark === null) {
      const first = firstUnread(items, seen, meId);
      if (first >= 0) setMark(items[first]?.key ?? null);
    }
    wasLooking.current = looking;
    if (looking && last !== null && last !== seen) {
      setSeen(last);
      remember(session, { seen: last });
    }
  }, [items, looking, last, seen, mark, meId, session]);

  useEffect(() => {
    if (!looking || mark === null) return;
    const timer = setTimeout(() => setMark(null), markStaysMs);
    return () => clearTimeout(timer);
  }, [looking, mark]);

  return { seen, mark };
}
