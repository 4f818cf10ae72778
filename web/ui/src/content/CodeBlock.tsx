import type { Element, ElementContent } from "hast";
import type { ReactNode } from "react";

import { countLines } from "../core/chunks.ts";
import { Part } from "../parts/kept.tsx";
import { CodeFrame } from "./CodeFrame.tsx";
import "./highlight.css";

interface Props {
  /** The element before it is rendered. */
  node: Element;
  children: ReactNode;
}

/** A block of code in markdown. */
export function CodeBlock({ node, children }: Props) {
  const content = () => {
    const { text, hidden } = contentOf(node);
    return { text: text.replace(/\n$/, ""), hidden };
  };
  return (
    // Its offset stays the same while the text grows.
    <Part name={`code ${node.position?.start.offset ?? 0}`}>
      <CodeFrame language={languageOf(node)} lines={countLines(content().text)} content={content}>
        {() => children}
      </CodeFrame>
    </Part>
  );
}

/** Returns the visible text to copy, without hidden characters, and their number. */
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
