import { useCallback, useRef, useState } from "react";

import { Held } from "./held.ts";
import { scrollBySelf } from "./ownScrolls.ts";

// So close to the end counts as at the end.
const nearPx = 80;
// So long may a wheel or a finger make the list glide on.
const wishLastsMs = 1_000;

/**
 * Keeps a list at its end while it grows, or while its window shrinks, unless
 * the user has scrolled up. Growth alone never lets go of the end. While the
 * user is about to decide on something in the list, it stays where it is. A
 * list that is not live does not end with what happens now, and is not kept
 * there.
 */
export function useStick(live: boolean) {
  const [atEnd, setAtEnd] = useState(true);
  const stuck = useRef(true);
  const endIsNow = useRef(live);
  endIsNow.current = live;
  const touched = useRef(-Infinity);
  // While something is looked for, the list may pass its end without staying there.
  const led = useRef(false);
  const scroller = useRef<HTMLElement | null>(null);
  const held = useRef<Held | null>(null);
  const detach = useRef<() => void>(() => {});

  const stick = useCallback((on: boolean) => {
    if (stuck.current === on || (on && led.current)) return;
    stuck.current = on;
    setAtEnd(on);
  }, []);

  /** To be called when the list, or its window, has become longer or shorter. */
  const follow = useCallback(() => {
    const s = scroller.current;
    if (!s || held.current?.keepInPlace()) return;
    if (stuck.current) scrollBySelf(s, s.scrollHeight);
  }, []);

  const attach = useCallback(
    (element: HTMLElement | Window | null) => {
      detach.current();
      detach.current = () => {};
      held.current = null;
      scroller.current = element instanceof HTMLElement ? element : null;
      const s = scroller.current;
      if (!s) return;
      const holding = (held.current = new Held(s, follow));
      // What follows the end of a stretch of the past is not news.
      const watching = watchScrolling(s, touched, follow, (on) => stick(on && endIsNow.current));
      detach.current = () => {
        holding.close();
        watching();
      };
    },
    [stick, follow],
  );

  const toEnd = useCallback(() => {
    touched.current = -Infinity; // whatever was wished before
    led.current = false;
    held.current?.release();
    stick(true);
    const s = scroller.current;
    if (s) scrollBySelf(s, s.scrollHeight);
  }, [stick]);

  /** To be called before the list is scrolled elsewhere. Until arrive is called, it is not kept at its end. */
  const release = useCallback(() => {
    led.current = true;
    held.current?.release();
    stick(false);
  }, [stick]);

  /** To be called when the list is where it was to be scrolled to. */
  const arrive = useCallback(() => {
    led.current = false;
    const s = scroller.current;
    if (s && endIsNow.current && isAtEnd(s)) stick(true);
  }, [stick]);

  return { atEnd, attach, toEnd, release, arrive, follow };
}

function isAtEnd(s: HTMLElement): boolean {
  return s.scrollHeight - s.clientHeight - s.scrollTop < nearPx;
}

function watchScrolling(
  s: HTMLElement,
  touched: { current: number },
  follow: () => void,
  stick: (on: boolean) => void,
): () => void {
  let top = s.scrollTop;
  let pressed = false;
  const touch = (e: Event) => {
    // When the page knows of it: a busy one knows late, and scrolls later still.
    touched.current = performance.now();
    if (e.type === "pointerdown") pressed = true;
  };
  const release = () => (pressed = false);
  const onScroll = () => {
    // Rows that are measured anew scroll, too: that is not the user's wish.
    const wished = pressed || performance.now() - touched.current < wishLastsMs;
    if (isAtEnd(s)) stick(true);
    else if (wished && s.scrollTop < top) stick(false);
    top = s.scrollTop;
  };
  const resized = new ResizeObserver(follow);
  const touches = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
  for (const type of touches) s.addEventListener(type, touch, { passive: true });
  window.addEventListener("pointerup", release);
  s.addEventListener("scroll", onScroll, { passive: true });
  resized.observe(s);
  // Rows that are measured anew change the list after it has said how high it is.
  const list = s.querySelector('[data-testid="virtuoso-item-list"]');
  if (list) resized.observe(list, { box: "border-box" });
  return () => {
    for (const type of touches) s.removeEventListener(type, touch);
    window.removeEventListener("pointerup", release);
    s.removeEventListener("scroll", onScroll);
    resized.disconnect();
  };
}
