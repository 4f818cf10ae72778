import { lazy, Suspense } from "react";

const Diff = lazy(() => import("./Diff.tsx"));

/** A diff; a place of about its size until what compares is loaded. */
export function LazyDiff(props: { path: string; oldText: string | null; newText: string }) {
  return (
    <Suspense fallback={<div className="diff diff-empty" aria-busy="true" />}>
      <Diff {...props} />
    </Suspense>
  );
}
