import { lazy, Suspense } from "react";

import type { DiffProps } from "./Diff.tsx";
import "./LazyDiff.css";

const Diff = lazy(() => import("./Diff.tsx"));

/** A diff, or a placeholder of about its size until the code that compares is loaded. */
export function LazyDiff(props: DiffProps) {
  return (
    <Suspense fallback={<div className="diff diff-empty" aria-busy="true" />}>
      <Diff {...props} />
    </Suspense>
  );
}
