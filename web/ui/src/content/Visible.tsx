import { memo } from "react";

import { segments } from "../core/visible.ts";
import { t } from "../texts.ts";
import "./Visible.css";

/** A text of people or the agent, with a mark in place of each hidden character. */
export const Visible = memo(function Visible({ text }: { text: string }) {
  return runs(text).map((r, i) =>
    typeof r === "string" ? r : <HiddenMark key={i} name={r.name} times={r.times} />,
  );
});

export function HiddenMark({ name, times = 1 }: { name: string; times?: number }) {
  return (
    <span className="hidden-mark" title={t.hidden.character(name)}>
      {times > 1 ? `${name} × ${times}` : name}
    </span>
  );
}

type Run = string | { name: string; times: number };

/** A run of the same hidden character gets one mark. */
function runs(text: string): Run[] {
  const all: Run[] = [];
  for (const s of segments(text)) {
    const last = all.at(-1);
    if (s.text !== undefined) all.push(s.text);
    else if (typeof last === "object" && last.name === s.hidden) last.times++;
    else all.push({ name: s.hidden, times: 1 });
  }
  return all;
}

/** Warns about the number of hidden characters in a text. */
export function HiddenWarning({ count }: { count: number }) {
  if (count === 0) return null;
  return <p className="hidden-warning">{t.hidden.warning(count)}</p>;
}
