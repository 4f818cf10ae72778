import type { Element, ElementContent, Root, RootContent } from "hast";

import { directionOf } from "../core/direction.ts";

const leaves = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td"]);
const containers = new Set(["ul", "ol", "li", "blockquote", "table"]);

/**
 * A plugin that gives each block the direction of its text. Code is always left to
 * right. dir="auto" ignores children that have a direction of their own, so their
 * parent gets an explicit direction.
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

/** Returns the beginning of an element's text, without its code. */
function firstLetters(node: RootContent | ElementContent, max: number): string {
  if (node.type === "text") return node.value.slice(0, max);
  if (node.type !== "element" || node.tagName === "code") return "";
  let text = "";
  for (const child of node.children) {
    if (text.length >= max) break;
    text += firstLetters(child, max - text.length);
  }
  return text;
}
