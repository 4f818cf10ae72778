import { useCallback } from "react";

import { useKeptStore } from "./kept.tsx";

interface Scrolled {
  left: number;
  /** The index of the topmost child in sight, and how many pixels of it are above. */
  child: number;
  above: number;
}

/**
 * Returns a ref for a box that scrolls. Its position is kept while it is not rendered.
 * Each name is used once in a part. The position is relative to a child of the box,
 * since the heights of children out of sight may be unknown.
 */
export function useKeptScroll(name: string): (box: HTMLElement | null) => (() => void) | undefined {
  const { store, key } = useKeptStore(`scroll ${name}`);
  return useCallback(
    (box) => {
      if (!box) return undefined;
      const was = store.read<Scrolled | null>(key, null);
      if (was) restore(box, was);
      const keep = () => store.write(key, placeIn(box));
      box.addEventListener("scroll", keep, { passive: true });
      return () => box.removeEventListener("scroll", keep);
    },
    [store, key],
  );
}

function restore(box: HTMLElement, { left, child, above }: Scrolled): void {
  box.scrollLeft = left;
  box.scrollTop = topOf(box, child) + above;
}

function placeIn(box: HTMLElement): Scrolled {
  let [child, end] = [0, box.children.length];
  while (end - child > 1) {
    const middle = (child + end) >> 1;
    if (topOf(box, middle) <= box.scrollTop) child = middle;
    else end = middle;
  }
  return { left: box.scrollLeft, child, above: box.scrollTop - topOf(box, child) };
}

/** Returns where a child begins in the scrolled content. */
function topOf(box: HTMLElement, child: number): number {
  const top = box.children[child]?.getBoundingClientRect().top;
  return top === undefined ? 0 : top - box.getBoundingClientRect().top + box.scrollTop;
}
