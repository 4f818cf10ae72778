import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";

import { isCheap } from "../core/markdown.ts";
import { t } from "../texts.ts";
import { WholeText } from "./WholeText.tsx";

const load = () => import("./Markdown.tsx");
const Markdown = lazy(load);

/** Loads what draws markdown before it is needed. */
export const preloadRichText = () => void load();

/** Markdown; the bare text until that is loaded, and where parsing would take too long. */
export function RichText({ text }: { text: string }) {
  const calm = useCalm(text);
  const cheap = useMemo(() => isCheap(calm), [calm]);
  if (!cheap) return <WholeText text={calm} label={t.whole.text} />;
  return (
    <Suspense fallback={<WholeText text={calm} label={t.whole.text} />}>
      <Markdown text={calm} />
    </Suspense>
  );
}

// A short text is drawn at each change. A long one that streams is parsed as a
// whole each time, so it is drawn the less often the longer it is.
const shortEnough = 4_000;
const pausePer = 40; // characters for a millisecond
const longestPauseMs = 1_000;

function useCalm(text: string): string {
  const [shown, setShown] = useState(text);
  const last = useRef(0);
  const direct = text.length < shortEnough;
  useEffect(() => {
    if (direct || text === shown) return;
    const pause = Math.min(text.length / pausePer, longestPauseMs);
    const show = () => {
      last.current = performance.now();
      setShown(text);
    };
    const timer = setTimeout(show, Math.max(0, last.current + pause - performance.now()));
    return () => clearTimeout(timer);
  }, [text, shown, direct]);
  return direct ? text : shown;
}
