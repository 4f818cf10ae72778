import { useMemo, useRef } from "react";

import type { Item } from "../core/items.ts";
import { decisionOf } from "../core/waiting.ts";

// A row that was out of sight is drawn some frames later; when it is at the
// top, older rows come before it.
const mostFrames = 300;
const framesForOneTry = 20;

/** Scrolls until the card of an approval or a question is in sight, and gives it the focus. */
export function useSeek(items: readonly Item[], scrollTo: (index: number) => void) {
  const latest = useRef({ items, scrollTo });
  latest.current = { items, scrollTo };
  const wanted = useRef<string | null>(null);
  return useMemo(() => {
    const look = (id: string, frame: number) => {
      if (wanted.current !== id) return;
      const card = document.querySelector<HTMLElement>(`[data-decision="${CSS.escape(id)}"] .wait`);
      if (card && isInSight(card)) {
        wanted.current = null;
        card.focus({ preventScroll: true });
        return;
      }
      const { items, scrollTo } = latest.current;
      const index = items.findIndex((r) => decisionOf(r) === id);
      if (index < 0 || frame > mostFrames) wanted.current = null;
      else if (frame % framesForOneTry === 0) scrollTo(index);
      requestAnimationFrame(() => look(id, frame + 1));
    };
    return {
      begin: (id: string) => {
        wanted.current = id;
        look(id, 0);
      },
      /** To be called when the user scrolls. */
      end: () => {
        wanted.current = null;
      },
    };
  }, []);
}

function isInSight(card: HTMLElement): boolean {
  const list = card.closest(".timeline-list")?.getBoundingClientRect();
  const { top, bottom } = card.getBoundingClientRect();
  if (!list) return false;
  return top >= list.top - 1 && (bottom <= list.bottom || top < list.top + list.height / 2);
}
