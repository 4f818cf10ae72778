import { useEffect, useSyncExternalStore } from "react";
import type rehypeHighlight from "rehype-highlight";

import { loadWhenIdle } from "../parts/lazily.tsx";

type Highlight = ReturnType<typeof rehypeHighlight>;

let highlight: Highlight | null = null;
const listeners = new Set<() => void>();

const load = async () => {
  const { default: make } = await import("rehype-highlight");
  highlight ??= make(); // the languages are loaded once, not for each block
  for (const l of listeners) l();
};
loadWhenIdle(load);

/**
 * Returns the function that colours code, or null while it is not loaded or not wanted. Code
 * without colours has the same size.
 */
export function useHighlight(wanted: boolean): Highlight | null {
  const now = useSyncExternalStore(subscribe, () => (wanted ? highlight : null));
  useEffect(() => {
    if (wanted && !highlight) load().catch((error: unknown) => console.warn(error));
  }, [wanted]);
  return now;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
