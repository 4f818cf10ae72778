import { lazy, Suspense } from "react";

const load = () => import("./Markdown.tsx");
const Markdown = lazy(load);

/** Loads what draws markdown before it is needed. */
export const preloadRichText = () => void load();

/** Markdown; the bare text until that is loaded. */
export function RichText({ text }: { text: string }) {
  return (
    <Suspense fallback={<div className="md plain">{text}</div>}>
      <Markdown text={text} />
    </Suspense>
  );
}
