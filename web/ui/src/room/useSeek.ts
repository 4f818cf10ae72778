import { useCallback, useEffect, useRef } from "react";

import type { Item } from "parley-client/view";
import { isInSight, seekStep } from "../core/seek.ts";
import { decisionOf } from "../core/waiting.ts";
import { useLatest } from "../parts/useLatest.ts";

// Once the user does one of these, the list no longer scrolls by itself.
const userActs = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

interface Target {
  /** The id of an approval or a question. */
  id: string;
}

/**
 * Returns a function that scrolls the card of an approval or a question into
 * sight and gives it the focus. The search ends, and calls onEnd, when the user
 * acts or after some seconds.
 */
export function useSeek(
  items: readonly Item[],
  scrollTo: (index: number) => void,
  onEnd: () => void,
): (id: string) => void {
  const latest = useLatest({ items, scrollTo, onEnd });
  const target = useRef<Target | null>(null);
  const end = useCallback(() => {
    if (!target.current) return;
    target.current = null;
    latest.current.onEnd();
  }, [latest]);
  useEffect(() => {
    for (const type of userActs)
      window.addEventListener(type, end, { capture: true, passive: true });
    return () => {
      target.current = null;
      for (const type of userActs) window.removeEventListener(type, end, { capture: true });
    };
  }, [end]);
  return useCallback(
    (id: string) => {
      const sought = (target.current = { id });
      const step = (frame: number) => {
        if (target.current !== sought) return;
        const card = cardOf(id);
        const what = seekStep(frame, card !== null && isShown(card));
        if (what === "stop") return end();
        if (what === "focus" && !card?.contains(document.activeElement))
          card?.focus({ preventScroll: true });
        if (what === "scroll") {
          const index = latest.current.items.findIndex((r) => decisionOf(r) === id);
          if (index >= 0) latest.current.scrollTo(index);
        }
        requestAnimationFrame(() => step(frame + 1));
      };
      step(0);
    },
    [latest, end],
  );
}

function cardOf(id: string): HTMLElement | null {
  return document.querySelector(`[data-decision="${CSS.escape(id)}"] .wait`);
}

function isShown(card: HTMLElement): boolean {
  const list = card.closest(".timeline-list");
  return list !== null && isInSight(card.getBoundingClientRect(), list.getBoundingClientRect());
}
