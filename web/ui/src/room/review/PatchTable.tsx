import { useMemo, useState, type ReactNode } from "react";

import { LongLine } from "../../content/LongLine.tsx";
import { Visible } from "../../content/Visible.tsx";
import {
  changedWords,
  cutPieces,
  linesOf,
  pairsOf,
  type PatchLine,
  type Range,
} from "../../core/patch.ts";
import { marked } from "../../core/visible.ts";
import { t } from "../../texts.ts";
import { tokensOf, type Token } from "./highlight.ts";
import "../../content/highlight.css";
import "../../content/ShowAll.css";

interface Props {
  patch: string;
  path: string;
  split: boolean;
}

// Rows that are rendered at once.
const step = 400;

/** The lines of a patch, with their syntax and the words that have changed. */
export function PatchTable({ patch, path, split }: Props) {
  const [shown, setShown] = useState(step);
  const look = useMemo(() => lookOf(patch, path), [patch, path]);
  const rows = split ? look.pairs.length : look.lines.length;
  return (
    <>
      <table className={split ? "patch patch-split" : "patch"}>
        {split && (
          <colgroup>
            <col className="patch-no" />
            <col />
            <col className="patch-no" />
            <col />
          </colgroup>
        )}
        <tbody>
          {split
            ? look.pairs.slice(0, shown).map(({ left, right }, i) =>
                left === right && left?.kind === "skip" ? (
                  <Skip key={i} line={left} columns={4} />
                ) : (
                  <tr key={i}>
                    <Half line={left} side="before" look={look} />
                    <Half line={right} side="after" look={look} />
                  </tr>
                ),
              )
            : look.lines.slice(0, shown).map((l, i) => <Row key={i} line={l} look={look} />)}
        </tbody>
      </table>
      {rows > shown && (
        <button type="button" className="fold-more" onClick={() => setShown(shown + step)}>
          {t.tool.someMoreLines(Math.min(step, rows - shown), rows - shown)}
        </button>
      )}
    </>
  );
}

interface Look {
  lines: PatchLine[];
  pairs: ReturnType<typeof pairsOf>;
  words: Map<PatchLine, Range[]>;
  tokens: Map<PatchLine, Token[]> | undefined;
}

function lookOf(patch: string, path: string): Look {
  const lines = linesOf(patch);
  return {
    lines,
    pairs: pairsOf(lines),
    words: changedWords(lines),
    tokens: tokensOf(lines, path),
  };
}

const marks = { same: " ", added: "+", removed: "−", skip: "", note: "" };

function Row({ line, look }: { line: PatchLine; look: Look }) {
  if (line.kind === "skip") return <Skip line={line} columns={4} />;
  return (
    <tr className={`d-${line.kind}`}>
      <td className="d-no">{line.before}</td>
      <td className="d-no">{line.after}</td>
      <td className="d-mark">{marks[line.kind]}</td>
      <td className="d-text">{content(line, look)}</td>
    </tr>
  );
}

function Half({
  line,
  side,
  look,
}: {
  line: PatchLine | null;
  side: "before" | "after";
  look: Look;
}) {
  if (!line) return <td className="d-none" colSpan={2} />;
  return (
    <>
      <td className={`d-no d-${line.kind}`}>{line[side]}</td>
      <td className={`d-text d-${line.kind}`}>{content(line, look)}</td>
    </>
  );
}

function Skip({ line, columns }: { line: PatchLine; columns: number }) {
  const count = line.kind === "skip" ? (line.count ?? 0) : 0;
  return (
    <tr className="d-skip">
      <td colSpan={columns}>{t.review.hunk(count, marked(line.text))}</td>
    </tr>
  );
}

// A longer line is shown without its syntax.
const longest = 4_000;

function content(line: PatchLine, { words, tokens }: Look): ReactNode {
  if (line.text.length > longest)
    return <LongLine text={line.text} name={line.text.slice(0, 40)} />;
  if (line.text === "") return " ";
  const plain = [{ text: line.text, className: "" }];
  const pieces = cutPieces(tokens?.get(line) ?? plain, words.get(line) ?? []);
  return pieces.map((p, i) => (
    <span key={i} className={p.changed ? `${p.className} d-word` : p.className}>
      <Visible text={p.text} />
    </span>
  ));
}
