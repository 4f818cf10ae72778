import type { ReactNode } from "react";

import { marked } from "../core/visible.ts";
import { useCopy } from "../parts/copy.ts";
import { Icon } from "../parts/Icon.tsx";
import { useKept } from "../parts/kept.tsx";
import { useKeptScroll } from "../parts/keptScroll.ts";
import { t } from "../texts.ts";
import "./CodeFrame.css";
import "./ShowAll.css";

interface Props {
  language: string;
  lines: number;
  /** Returns the visible text of the code, and the number of hidden characters in it. */
  content(): { text: string; hidden: number };
  children(folded: boolean): ReactNode;
}

/** The number of lines shown of long code. The style sheet cuts off the others. */
export const linesAtFirst = 25;
// Code with only a few more lines is shown whole.
const longest = 35;

/** A box for code, with its language, a copy button, and a button that unfolds long code. */
export function CodeFrame({ language, lines, content, children }: Props) {
  const [all, setAll] = useKept("all", false);
  const [copied, copy] = useCopy();
  const scroll = useKeptScroll("code");
  const long = lines > longest;
  const folded = long && !all;
  const done = copied ? saysCopied(content().hidden) : "";
  return (
    <figure className={`code${folded ? " code-folded" : ""}`} dir="ltr">
      <figcaption>
        <span className="code-language cut">{marked(language)}</span>
        <button
          type="button"
          className="code-copy"
          aria-label={done || (long ? t.code.copyLines(lines) : t.code.copy)}
          onClick={() => copy(content().text)}
        >
          <Icon name={copied ? "check" : "copy"} size={13} /> {done || t.copy}
        </button>
        <span className="hidden-visually" role="status">
          {done}
        </span>
      </figcaption>
      <pre ref={scroll} tabIndex={0}>
        {children(folded)}
      </pre>
      {long && (
        <button
          type="button"
          className="fold-more"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? t.tool.fewer : t.code.showAll(lines)}
        </button>
      )}
    </figure>
  );
}

function saysCopied(hidden: number): string {
  return hidden > 0 ? t.code.copiedWithout(hidden) : t.copied;
}
