import { Suspense } from "react";

import { lazily } from "../parts/lazily.tsx";
import { t } from "../texts.ts";
import type { DiffProps } from "./Diff.tsx";
import { decided, WholeText } from "./WholeText.tsx";
import "./LazyDiff.css";

const Diff = lazily(() => import("./Diff.tsx"), BothTexts);

/** Shows what a diff compares, if the code that compares cannot be loaded. */
function BothTexts({ path, oldText, newText }: DiffProps) {
  return (
    <>
      <WholeText text={path} label={t.tool.diff(path)} mono {...decided} />
      {oldText !== null && <WholeText text={oldText} label={t.tool.before} mono {...decided} />}
      <WholeText text={newText} label={t.tool.after} mono {...decided} />
    </>
  );
}

/** A diff, or a placeholder of about its size until the code that compares is loaded. */
export function LazyDiff(props: DiffProps) {
  return (
    <Suspense fallback={<div className="diff diff-empty" aria-busy="true" />}>
      <Diff {...props} />
    </Suspense>
  );
}
