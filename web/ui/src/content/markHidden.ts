import type { Element, ElementContent, Root, RootContent, Text } from "hast";

import { segments, type Segment } from "../core/visible.ts";

/** A plugin that replaces each hidden character by a mark. */
export function markHidden() {
  return (tree: Root) => {
    tree.children = tree.children.flatMap(marked);
  };
}

function marked<Node extends RootContent | ElementContent>(node: Node): (Node | Element | Text)[] {
  if (node.type === "text") return segments(node.value).map(markOf);
  if (node.type === "element") node.children = node.children.flatMap(marked);
  return [node];
}

function markOf(s: Segment): Element | Text {
  if (s.text !== undefined) return { type: "text", value: s.text };
  return {
    type: "element",
    tagName: "span",
    properties: { className: ["hidden-mark"] },
    children: [{ type: "text", value: s.hidden }],
  };
}
