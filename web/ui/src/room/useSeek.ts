import { useEffect, useMemo, useRef } from "react";

import type { Item } from "../core/items.ts";
import { decisionOf } from "../core/waiting.ts";

// A row that was out of sight is drawn some frames later; when it is at the
// top, older rows come before it, which take it out of sight again.
const mostFrames = 300;
const framesForOneTry = 20;

// When the user does something, nothing moves by itself from then on.
const userActs = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/** Scrolls until the card of an approval or a question is in sight, and gives it the focus. */
export function useSeek(items: readonly Item[], scrollTo: (index: number) => void) {
  const latest = useRef({ items, scrollTo });
  latest.current = { items, scrollTo };
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const end = () => {
      wanted.current = null;
    };
    for (const type of userActs)
      window.addEventListener(type, end, { capture: true, passive: true });
    return () => {
      end();
      for (const type of userActs) window.removeEventListener(type, end, { capture: true });
    };
  }, []);
  return useMemo(() => {
    const look = (id: string, frame: number) => {
      if (wanted.current !== id || frame > mostFrames) return;
      const card = document.querySelector<HTMLElement>(`[data-decision="${CSS.escape(id)}"] .wait`);
      if (card && isInSight(card)) {
        if (!card.contains(document.activeElement)) card.focus({ preventScroll: true });
      } else if (frame % framesForOneTry === 0) {
        const index = latest.current.items.findIndex((r) => decisionOf(r) === id);
        if (index >= 0) latest.current.scrollTo(index);
      }
      requestAnimationFrame(() => look(id, frame + 1));
    };
    return (id: string) => {
      wanted.current = id;
      look(id, 0);
    };
  }, []);
}

function isInSight(card: HTMLElement): boolean {
  const list = card.closest(".timeline-list")?.getBoundingClientRect();
  const { top, bottom } = card.getBoundingClientRect();
  if (!list) return false;
  return top >= list.top - 1 && (bottom <= list.bottom || top < list.top + list.height / 2);
}
