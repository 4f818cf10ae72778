import type { Element, ElementContent } from "hast";
import type { ReactNode } from "react";

import { countLines } from "../core/chunks.ts";
import { useCopy } from "../parts/copy.ts";
import { Icon } from "../parts/Icon.tsx";
import { Part, useKept } from "../parts/kept.tsx";
import { t } from "../texts.ts";

interface Props {
  /** The block before it is drawn. */
  node: Element;
  children: ReactNode;
}

// The style sheet shows 25 lines of a longer one.
const longest = 35;

/** A block of code, with its language and a button that copies it; of a long one the beginning. */
export function CodeBlock({ node, children }: Props) {
  const { text, hidden } = contentOf(node);
  // Its place in the text stays the same while more of the text comes.
  const place = node.position?.start.offset ?? 0;
  return (
    <Part name={`code ${place}`}>
      <Block text={text.replace(/\n$/, "")} hidden={hidden} language={languageOf(node)}>
        {children}
      </Block>
    </Part>
  );
}

interface BlockProps {
  text: string;
  /** How many hidden characters it has, which are not among the text. */
  hidden: number;
  language: string;
  children: ReactNode;
}

function Block({ text, hidden, language, children }: BlockProps) {
  const [all, setAll] = useKept("all", false);
  const [copied, copy] = useCopy();
  const lines = countLines(text);
  const long = lines > longest;
  const folded = long && !all;
  const done = copied && (hidden > 0 ? t.code.copiedWithout(hidden) : t.copied);
  return (
    <figure className={`code${folded ? " code-folded" : ""}`} dir="ltr">
      <figcaption>
        <span className="code-language cut">{language}</span>
        <button
          type="button"
          className="code-copy"
          aria-label={done || (long ? t.code.copyLines(lines) : t.code.copy)}
          onClick={() => copy(text)}
        >
          <Icon name={copied ? "check" : "copy"} size={13} /> {done || t.copy}
        </button>
        <span className="hidden-visually" role="status">
          {done || ""}
        </span>
      </figcaption>
      <pre tabIndex={0}>{children}</pre>
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

/** What is copied is what is seen: hidden characters are left out. */
function contentOf(node: ElementContent): { text: string; hidden: number } {
  if (node.type === "text") return { text: node.value, hidden: 0 };
  if (node.type !== "element") return { text: "", hidden: 0 };
  if (classesOf(node).includes("hidden-mark")) return { text: "", hidden: 1 };
  const parts = node.children.map(contentOf);
  return {
    text: parts.map((p) => p.text).join(""),
    hidden: parts.reduce((n, p) => n + p.hidden, 0),
  };
}

function languageOf(pre: Element): string {
  const [code] = pre.children;
  const prefix = "language-";
  const found = code?.type === "element" && classesOf(code).find((c) => c.startsWith(prefix));
  return found ? found.slice(prefix.length, prefix.length + 40) : "";
}

function classesOf(node: Element): string[] {
  const { className } = node.properties;
  return Array.isArray(className) ? className.map(String) : [];
}
