import { useCallback, useRef, useState } from "react";

// So close to the end counts as at the end.
const nearPx = 80;
// So long may a wheel or a finger make the list glide on.
const wishLastsMs = 1_000;

/**
 * Keeps a list at its end while it grows, or while its window shrinks, unless
 * somebody has scrolled up. Growth alone never lets go of the end.
 */
export function useStick() {
  const [atEnd, setAtEnd] = useState(true);
  const stuck = useRef(true);
  const touched = useRef(-Infinity);
  const scroller = useRef<HTMLElement | null>(null);
  const detach = useRef<() => void>(() => {});

  const stick = useCallback((on: boolean) => {
    if (stuck.current === on) return;
    stuck.current = on;
    setAtEnd(on);
  }, []);

  const attach = useCallback(
    (element: HTMLElement | Window | null) => {
      detach.current();
      detach.current = () => {};
      scroller.current = element instanceof HTMLElement ? element : null;
      if (scroller.current) detach.current = keepAtEnd(scroller.current, stuck, touched, stick);
    },
    [stick],
  );

  const toEnd = useCallback(() => {
    touched.current = -Infinity; // whatever was wished before
    stick(true);
    const s = scroller.current;
    if (s) s.scrollTop = s.scrollHeight;
  }, [stick]);

  /** To be called before the list is scrolled elsewhere. */
  const release = useCallback(() => stick(false), [stick]);

  /** To be called when the list has become longer or shorter. */
  const follow = useCallback(() => {
    const s = scroller.current;
    if (s && stuck.current) s.scrollTop = s.scrollHeight;
  }, []);

  return { atEnd, attach, toEnd, release, follow };
}

function keepAtEnd(
  s: HTMLElement,
  stuck: { current: boolean },
  touched: { current: number },
  stick: (on: boolean) => void,
): () => void {
  let top = s.scrollTop;
  let held = false;
  const touch = (e: Event) => {
    touched.current = e.timeStamp;
    if (e.type === "pointerdown") held = true;
  };
  const release = () => (held = false);
  const onScroll = (e: Event) => {
    const left = s.scrollHeight - s.clientHeight - s.scrollTop;
    // Rows that are measured anew scroll, too: that is not somebody's wish.
    const wished = held || e.timeStamp - touched.current < wishLastsMs;
    if (left < nearPx) stick(true);
    else if (wished && s.scrollTop < top) stick(false);
    top = s.scrollTop;
  };
  const follow = new ResizeObserver(() => {
    if (stuck.current) s.scrollTop = s.scrollHeight;
  });
  const touches = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
  for (const type of touches) s.addEventListener(type, touch, { passive: true });
  window.addEventListener("pointerup", release);
  s.addEventListener("scroll", onScroll, { passive: true });
  follow.observe(s);
  // Rows that are measured anew change the list after it has said how high it is.
  const list = s.querySelector('[data-testid="virtuoso-item-list"]');
  if (list) follow.observe(list, { box: "border-box" });
  return () => {
    for (const type of touches) s.removeEventListener(type, touch);
    window.removeEventListener("pointerup", release);
    s.removeEventListener("scroll", onScroll);
    follow.disconnect();
  };
}
