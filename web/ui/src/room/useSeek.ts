import { useCallback, useEffect, useMemo, useRef } from "react";

import type { Item } from "../core/items.ts";
import { decisionOf } from "../core/waiting.ts";

// A row that was out of sight is drawn some frames later; when it is at the
// top, older rows come before it, which take it out of sight again.
const mostFrames = 300;
const framesForOneTry = 20;

// When the user does something, nothing moves by itself from then on.
const userActs = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

interface Seek {
  /** Of an approval or a question. */
  id: string;
}

/**
 * Scrolls until the card of an approval or a question is in sight, and gives
 * it the focus. It calls onEnd when the user does something, or after some
 * seconds: the list is not scrolled from here any more then.
 */
export function useSeek(
  items: readonly Item[],
  scrollTo: (index: number) => void,
  onEnd: () => void,
) {
  const latest = useRef({ items, scrollTo, onEnd });
  latest.current = { items, scrollTo, onEnd };
  const wanted = useRef<Seek | null>(null);
  const end = useCallback(() => {
    if (!wanted.current) return;
    wanted.current = null;
    latest.current.onEnd();
  }, []);
  useEffect(() => {
    for (const type of userActs)
      window.addEventListener(type, end, { capture: true, passive: true });
    return () => {
      wanted.current = null;
      for (const type of userActs) window.removeEventListener(type, end, { capture: true });
    };
  }, [end]);
  return useMemo(() => {
    const look = (seek: Seek, frame: number) => {
      if (wanted.current !== seek) return;
      if (frame > mostFrames) return end();
      const card = document.querySelector<HTMLElement>(
        `[data-decision="${CSS.escape(seek.id)}"] .wait`,
      );
      if (card && isInSight(card)) {
        if (!card.contains(document.activeElement)) card.focus({ preventScroll: true });
      } else if (frame % framesForOneTry === 0) {
        const index = latest.current.items.findIndex((r) => decisionOf(r) === seek.id);
        if (index >= 0) latest.current.scrollTo(index);
      }
      requestAnimationFrame(() => look(seek, frame + 1));
    };
    return (id: string) => look((wanted.current = { id }), 0);
  }, [end]);
}

function isInSight(card: HTMLElement): boolean {
  const list = card.closest(".timeline-list")?.getBoundingClientRect();
  const { top, bottom } = card.getBoundingClientRect();
  if (!list) return false;
  return top >= list.top - 1 && (bottom <= list.bottom || top < list.top + list.height / 2);
}
