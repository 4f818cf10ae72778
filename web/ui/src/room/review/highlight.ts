/** Finds the syntax of the lines of a patch. It is loaded with the review. */

import type { ElementContent, RootContent } from "hast";
import { common, createLowlight } from "lowlight";

import type { PatchLine } from "../../core/patch.ts";

export interface Token {
  text: string;
  className: string;
}

const lowlight = createLowlight(common);

// More takes noticeably long.
const longest = 200_000;

/** Returns the tokens of each line of code; undefined where the language is not known. */
export function tokensOf(
  lines: readonly PatchLine[],
  path: string,
): Map<PatchLine, Token[]> | undefined {
  const extension = /\.([\w+-]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  if (!lowlight.registered(extension)) return undefined;
  if (lines.reduce((n, l) => n + l.text.length, 0) > longest) return undefined;
  const found = new Map<PatchLine, Token[]>();
  for (const kinds of [new Set(["same", "removed"]), new Set(["same", "added"])]) {
    for (const hunk of hunksOf(lines)) {
      const side = hunk.filter((l) => kinds.has(l.kind));
      const tree = lowlight.highlight(extension, side.map((l) => l.text).join("\n"));
      const byLine = splitLines(tree.children.flatMap((n) => flat(n, "")));
      side.forEach((l, i) => found.set(l, byLine[i] ?? []));
    }
  }
  return found;
}

function hunksOf(lines: readonly PatchLine[]): PatchLine[][] {
  const hunks: PatchLine[][] = [];
  for (const l of lines) {
    if (l.kind === "skip" || hunks.length === 0) hunks.push([]);
    if (l.kind !== "skip" && l.kind !== "note") hunks.at(-1)!.push(l);
  }
  return hunks;
}

function flat(node: RootContent | ElementContent, className: string): Token[] {
  if (node.type === "text") return [{ text: node.value, className }];
  if (node.type !== "element") return [];
  const own = node.properties.className;
  const next = Array.isArray(own) ? own.join(" ") : className;
  return node.children.flatMap((n) => flat(n, next));
}

function splitLines(tokens: readonly Token[]): Token[][] {
  const lines: Token[][] = [[]];
  for (const { text, className } of tokens) {
    text.split("\n").forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part !== "") lines.at(-1)!.push({ text: part, className });
    });
  }
  return lines;
}
