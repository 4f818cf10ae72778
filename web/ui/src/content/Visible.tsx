import { memo } from "react";

import { segments } from "../core/visible.ts";
import { t } from "../texts.ts";
import "./Visible.css";

/** A text of people or the agent, with a mark for each character that would not be seen. */
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

/** The same hidden character many times in a row has one mark. */
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

/** Says how many characters of a text would not be seen without their marks. */
export function HiddenWarning({ count }: { count: number }) {
  if (count === 0) return null;
  return <p className="hidden-warning">{t.hidden.warning(count)}</p>;
}
