import type { Element, ElementContent, Root, RootContent } from "hast";

import { directionOf } from "../core/direction.ts";

const leaves = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td"]);
const containers = new Set(["ul", "ol", "li", "blockquote", "table"]);

/**
 * A plugin that gives each block the direction of its own text. Code has that
 * of code, whatever is around it. dir="auto" does not look into parts that have
 * a direction of their own, so what holds such parts is told its direction.
 */
export function direct() {
  return (tree: Root) => tree.children.forEach(visit);
}

function visit(node: RootContent | ElementContent): void {
  if (node.type !== "element") return;
  const direction = directionIn(node);
  if (direction !== undefined) node.properties.dir = direction;
  node.children.forEach(visit);
}

function directionIn(node: Element): string | undefined {
  if (node.tagName === "code") return "ltr";
  if (leaves.has(node.tagName)) return "auto";
  if (!containers.has(node.tagName)) return undefined;
  return directionOf(firstLetters(node, 1_000)) ?? undefined;
}

/** The beginning of the text of an element, without its code. */
function firstLetters(node: RootContent | ElementContent, most: number): string {
  if (node.type === "text") return node.value.slice(0, most);
  if (node.type !== "element" || node.tagName === "code") return "";
  let text = "";
  for (const child of node.children) {
    if (text.length >= most) break;
    text += firstLetters(child, most - text.length);
  }
  return text;
}
