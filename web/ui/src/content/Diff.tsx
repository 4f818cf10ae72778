import { useMemo, useState } from "react";

import { compare, type DiffLine } from "../core/diff.ts";
import { shortPath } from "../core/format.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";

interface Props {
  path: string;
  oldText: string | null;
  newText: string;
}

const shown = 40;

export default function Diff({ path, oldText, newText }: Props) {
  const diff = useMemo(() => compare(oldText, newText), [oldText, newText]);
  const [all, setAll] = useState(false);
  const lines = diff?.lines ?? [];
  const hidden = lines.length > shown + 8 ? lines.length - shown : 0;
  return (
    <figure className="diff" aria-label={t.tool.diff(path)}>
      <figcaption>
        <Icon name="file" size={14} />
        <span className="cut mono" title={path}>
          {shortPath(path)}
        </span>
        {oldText === null && <span className="tag">{t.tool.newFile}</span>}
        {diff && (
          <span className="counts">
            <span className="plus">+{diff.added}</span>{" "}
            <span className="minus">−{diff.removed}</span>
          </span>
        )}
      </figcaption>
      {diff === null && <p className="diff-note">{t.tool.tooBig}</p>}
      {diff !== null && lines.length === 0 && <p className="diff-note">{t.tool.noChange}</p>}
      {lines.length > 0 && (
        <div className="diff-scroll" tabIndex={0} role="region" aria-label={t.tool.diff(path)}>
          <table>
            <tbody>{(all || !hidden ? lines : lines.slice(0, shown)).map(Line)}</tbody>
          </table>
        </div>
      )}
      {hidden > 0 && (
        <button type="button" className="fold-more" onClick={() => setAll(!all)}>
          {all ? t.tool.fewer : t.tool.moreLines(hidden)}
        </button>
      )}
    </figure>
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
      <td className="d-text">{line.text || " "}</td>
    </tr>
  );
}
