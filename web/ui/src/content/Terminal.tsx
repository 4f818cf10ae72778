import { useMemo } from "react";

import { plainStyle, readAnsi, type Run, type Style } from "../core/ansi.ts";
import { chunksOf, tailOf } from "../core/chunks.ts";
import { useKept } from "../parts/kept.tsx";
import { t } from "../texts.ts";
import { ShowAll } from "./ShowAll.tsx";
import { Visible } from "./Visible.tsx";
import { ScrollBox } from "./WholeText.tsx";
import "./Terminal.css";

const shown = { lines: 14, characters: 4_000 };

/** The output of a command: its end, and the rest on demand. */
export function Terminal({ output, label }: { output: string; label: string }) {
  const [all, setAll] = useKept("whole output", false);
  const text = useMemo(() => output.replace(/\r?\n$/, ""), [output]);
  const tail = useMemo(() => tailOf(text, shown.lines, shown.characters), [text]);
  return (
    <div className="terminal">
      {tail.cut && (
        <ShowAll text={output} what={t.tool.output} label={label} all={all} onAll={setAll} />
      )}
      {all ? (
        <Whole text={text} label={label} />
      ) : (
        <pre tabIndex={0} role="region" aria-label={label}>
          <Runs runs={readAnsi(tail.text).runs} />
        </pre>
      )}
    </div>
  );
}

function Whole({ text, label }: { text: string; label: string }) {
  const parts = useMemo(() => coloured(text), [text]);
  return (
    <ScrollBox label={label} mono>
      {parts.map((runs, i) => (
        <div key={i} className="chunk">
          <Runs runs={runs} />
          {"\n"}
        </div>
      ))}
    </ScrollBox>
  );
}

/** Colours continue from one chunk to the next. */
function coloured(text: string): Run[][] {
  let style: Style = plainStyle;
  return chunksOf(text).map((c) => {
    const read = readAnsi(c.text, style);
    style = read.style;
    return read.runs;
  });
}

function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map((r, i) => (
    <span
      key={i}
      className={`${r.bold ? "t-bold " : ""}${r.dim ? "t-dim " : ""}${r.color === null ? "" : `t-${r.color}`}`}
    >
      <Visible text={r.text} />
    </span>
  ));
}
