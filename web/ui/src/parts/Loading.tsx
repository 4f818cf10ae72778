import { Spinner } from "./Spinner.tsx";
import { t } from "../texts.ts";
import "./Loading.css";

/** Shown only when loading takes long enough to wonder. */
export function Loading({ text = t.loading }: { text?: string }) {
  return (
    <main className="loading" role="status">
      <Spinner />
      <p>{text}…</p>
    </main>
  );
}
