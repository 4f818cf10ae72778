import { useEffect, useRef, useState, type RefObject } from "react";

import { Guard, type Point } from "../../core/guard.ts";
import { ownScrolls } from "../ownScrolls.ts";

/** Watches where a card is drawn, frame by frame. Settled says whether a press on its buttons counts. */
export function useGuard(card: RefObject<HTMLElement | null>): { guard: Guard; settled: boolean } {
  const [guard] = useState(() => new Guard());
  const [settled, setSettled] = useState(false);
  const list = useRef<Element | null>(null);
  useEffect(() => {
    let frame = 0;
    const draw = (at: number) => {
      frame = requestAnimationFrame(draw);
      const e = card.current;
      if (!e) return;
      list.current ??= e.closest(".timeline-list");
      const { left, top, right, bottom } = e.getBoundingClientRect();
      const { scrollTop: scrolled = 0, scrollHeight: length = 0 } = list.current ?? {};
      guard.draw({ at, left, top, right, bottom, scrolled, length, ownScrolls });
      setSettled(guard.allowsPress(at, middleOf(e.querySelector(".wait-actions") ?? e)));
    };
    // What was decided while the page was out of sight may have brought other cards here.
    const restart = () => {
      guard.restart();
      setSettled(false);
    };
    // The frame that is under way may have been drawn without the card.
    frame = requestAnimationFrame(() => (frame = requestAnimationFrame(draw)));
    document.addEventListener("visibilitychange", restart);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("visibilitychange", restart);
    };
  }, [card, guard]);
  return { guard, settled };
}

function middleOf(e: Element): Point {
  const { left, top, right, bottom } = e.getBoundingClientRect();
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}
