import { Spinner } from "./Spinner.tsx";
import { t } from "../texts/outside.ts";
import "./Loading.css";

/** Appears only when loading takes noticeably long. */
export function Loading({ text = t.loading }: { text?: string }) {
  return (
    <main className="loading" role="status">
      <Spinner />
      <p>{text}…</p>
    </main>
  );
}
