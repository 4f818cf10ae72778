import { useMemo } from "react";

import { compare, type DiffLine } from "../core/diff.ts";
import { shortPath } from "../core/format.ts";
import { marked } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { useKept } from "../parts/kept.tsx";
import { useKeptScroll } from "../parts/keptScroll.ts";
import { t } from "../texts.ts";
import { LongLine } from "./LongLine.tsx";
import { WholeText } from "./WholeText.tsx";
import "./ShowAll.css";

export interface DiffProps {
  path: string;
  oldText: string | null;
  newText: string;
  /** Whether the user decides on it: then its path and its lines are shown in full. */
  isDecided?: boolean;
}

const shown = 40;
const shownDecided = 400;
// The number of lines that are added at a time.
const step = 400;

export default function Diff({ path, oldText, newText, isDecided = false }: DiffProps) {
  const diff = useMemo(() => compare(oldText, newText), [oldText, newText]);
  const label = t.tool.diff(marked(path.slice(0, 300)));
  return (
    <figure className="diff" aria-label={label}>
      <figcaption>
        <Icon name="file" size={14} />
        {isDecided ? (
          <span className="diff-path mono">{marked(path)}</span>
        ) : (
          <span className="cut mono" title={marked(path)}>
            {marked(shortPath(path))}
          </span>
        )}
        {oldText === null && <span className="tag">{t.tool.newFile}</span>}
        {diff && (
          <span className="counts">
            <span className="plus">+{diff.added}</span>{" "}
            <span className="minus">−{diff.removed}</span>
          </span>
        )}
      </figcaption>
      {diff === null ? (
        <Versions oldText={oldText} newText={newText} />
      ) : diff.lines.length === 0 ? (
        <p className="diff-note">{t.tool.noChange}</p>
      ) : (
        <Lines label={label} lines={diff.lines} shown={isDecided ? shownDecided : shown} />
      )}
    </figure>
  );
}

interface LinesProps {
  label: string;
  lines: readonly DiffLine[];
  /** The number of lines that are shown at first. */
  shown: number;
}

function Lines({ label, lines, shown }: LinesProps) {
  const [more, setMore] = useKept("more lines", 0);
  const folds = lines.length > shown + 8;
  const count = folds ? Math.min(shown + more, lines.length) : lines.length;
  const left = lines.length - count;
  return (
    <>
      <div
        ref={useKeptScroll("diff")}
        className="diff-scroll"
        tabIndex={0}
        role="region"
        aria-label={label}
      >
        <table>
          <tbody>{lines.slice(0, count).map(Line)}</tbody>
        </table>
      </div>
      {left > 0 && (
        <button type="button" className="fold-more" onClick={() => setMore(more + step)}>
          {left > step ? t.tool.someMoreLines(step, left) : t.tool.moreLines(left)}
        </button>
      )}
      {folds && left === 0 && (
        <button type="button" className="fold-more" onClick={() => setMore(0)}>
          {t.tool.fewer}
        </button>
      )}
    </>
  );
}

/** Shows both versions of a file that is too big to compare. */
function Versions({ oldText, newText }: { oldText: string | null; newText: string }) {
  return (
    <div className="diff-note">
      <p>{t.tool.tooBig}</p>
      {oldText !== null && <WholeText text={oldText} label={t.tool.before} mono lines={10} />}
      <WholeText text={newText} label={t.tool.after} mono lines={10} />
    </div>
  );
}

const marks = { same: " ", added: "+", removed: "−", skip: "" };

function Line(line: DiffLine, i: number) {
  if (line.kind === "skip") {
    return (
      <tr key={i} className="d-skip">
        <td colSpan={3}>{t.tool.hidden(line.count ?? 0)}</td>
      </tr>
    );
  }
  return (
    <tr key={i} className={`d-${line.kind}`}>
      <td className="d-no">{line.after ?? line.before}</td>
      <td className="d-mark">{marks[line.kind]}</td>
      <td className="d-text">
        <LongLine text={line.text || " "} name={`line ${i}`} />
      </td>
    </tr>
  );
}
