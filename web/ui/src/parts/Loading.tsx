import { t } from "../texts.ts";

/** Shown only when loading takes long enough to wonder. */
export function Loading({ text = t.loading }: { text?: string }) {
  return (
    <main className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <p>{text}…</p>
    </main>
  );
}
