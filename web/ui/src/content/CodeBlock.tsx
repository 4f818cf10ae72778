import type { Element, ElementContent } from "hast";
import type { ReactNode } from "react";

import { countLines } from "../core/chunks.ts";
import { Part } from "../parts/kept.tsx";
import { CodeFrame } from "./CodeFrame.tsx";
import "./highlight.css";

interface Props {
  /** The block before it is drawn. */
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
    // Its place in the text stays the same while more of the text comes.
    <Part name={`code ${node.position?.start.offset ?? 0}`}>
      <CodeFrame language={languageOf(node)} lines={countLines(content().text)} content={content}>
        {() => children}
      </CodeFrame>
    </Part>
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
