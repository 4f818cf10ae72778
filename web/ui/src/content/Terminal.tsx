import { useMemo, useState } from "react";

import { readAnsi } from "../core/ansi.ts";
import { t } from "../texts.ts";

const shown = 14;

/** What a command wrote: its end, and the rest when asked for. */
export function Terminal({ output, label }: { output: string; label: string }) {
  const [all, setAll] = useState(false);
  const lines = useMemo(() => output.replace(/\n$/, "").split("\n"), [output]);
  const hidden = Math.max(0, lines.length - shown);
  const text = all || hidden === 0 ? lines.join("\n") : lines.slice(hidden).join("\n");
  const runs = useMemo(() => readAnsi(text), [text]);
  return (
    <div className="terminal">
      {hidden > 0 && (
        <button type="button" className="fold-more" onClick={() => setAll(!all)}>
          {all ? t.tool.fewer : t.tool.moreLines(hidden)}
        </button>
      )}
      <pre tabIndex={0} role="region" aria-label={label}>
        {runs.map((r, i) => (
          <span
            key={i}
            className={`${r.bold ? "t-bold " : ""}${r.dim ? "t-dim " : ""}${r.color === null ? "" : `t-${r.color}`}`}
          >
            {r.text}
          </span>
        ))}
      </pre>
    </div>
  );
}
