import { useCallback, useEffect, useLayoutEffect, useState, type RefObject } from "react";

import { Guard, type Frame, type Point } from "../../core/guard.ts";
import { ownScrolls } from "../ownScrolls.ts";

interface Watch {
  guard: Guard;
  /** Whether a press on the card's buttons counts. */
  settled: boolean;
  /** Takes in where the card is now, since it may have been scrolled after the last frame. */
  look(): void;
}

/**
 * Watches where a card is drawn, frame by frame. When about, the object of the
 * decision, becomes another value, neither clicks nor keys count for a moment.
 */
export function useGuard(card: RefObject<HTMLElement | null>, about: unknown): Watch {
  const [guard] = useState(() => new Guard());
  const [settled, setSettled] = useState(false);
  const look = useCallback(
    (at = performance.now()) => {
      if (card.current) guard.draw(frameOf(card.current, at));
    },
    [card, guard],
  );
  useLayoutEffect(() => {
    guard.restart();
    setSettled(false);
  }, [guard, about]);
  useEffect(() => {
    let frame = 0;
    const draw = (at: number) => {
      frame = requestAnimationFrame(draw);
      look(at);
      const buttons = card.current?.querySelector(".wait-actions");
      if (buttons) setSettled(guard.allowsPress(at, middleOf(buttons)));
    };
    // Decisions made while the page was hidden may have moved other cards here.
    const restart = () => {
      guard.restart();
      setSettled(false);
    };
    // The second click of a double click that began elsewhere is not meant for the
    // card.
    const press = (e: Event) => {
      if (e.target instanceof Node && card.current?.contains(e.target)) return;
      rearrange();
    };
    const rearrange = () => {
      guard.rearrange();
      setSettled(false);
    };
    // The current frame may have been drawn without the card.
    frame = requestAnimationFrame(() => (frame = requestAnimationFrame(draw)));
    document.addEventListener("visibilitychange", restart);
    document.addEventListener("pointerdown", press, { capture: true, passive: true });
    window.addEventListener("resize", rearrange);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("visibilitychange", restart);
      document.removeEventListener("pointerdown", press, { capture: true });
      window.removeEventListener("resize", rearrange);
    };
  }, [card, guard, look]);
  return { guard, settled, look };
}

function frameOf(card: HTMLElement, at: number): Frame {
  const { left, top, right, bottom } = card.getBoundingClientRect();
  const list = card.closest(".timeline-list");
  const { scrollTop: scrolled = 0, scrollHeight: length = 0 } = list ?? {};
  return { at, left, top, right, bottom, scrolled, length, ownScrolls };
}

function middleOf(e: Element): Point {
  const { left, top, right, bottom } = e.getBoundingClientRect();
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}
