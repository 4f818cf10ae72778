/** Unified patches: their lines, the words that differ in them, and two columns of them. */

import { diffWordsWithSpace } from "diff";

import type { DiffLine } from "./diff.ts";

/** A line of a patch. A note says something about the line before it. */
export type PatchLine = DiffLine | { kind: "note"; before: null; after: null; text: string };

const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** Returns the lines of a patch without a header. What is between two hunks is a skip. */
export function linesOf(patch: string): PatchLine[] {
  const lines: PatchLine[] = [];
  let [before, after] = [1, 1];
  for (const line of patch.replace(/\n$/, "").split("\n")) {
    const hunk = header.exec(line);
    const text = line.slice(1);
    if (hunk) {
      const start = Number(hunk[1]);
      lines.push({
        kind: "skip",
        before: null,
        after: null,
        text: hunk[3]!,
        count: start - before,
      });
      [before, after] = [start, Number(hunk[2])];
    } else if (line.startsWith("+"))
      lines.push({ kind: "added", before: null, after: after++, text });
    else if (line.startsWith("-"))
      lines.push({ kind: "removed", before: before++, after: null, text });
    else if (line.startsWith(" "))
      lines.push({ kind: "same", before: before++, after: after++, text });
    else if (line.startsWith("\\")) lines.push({ kind: "note", before: null, after: null, text });
  }
  return lines;
}

/** A row of two columns: the line before the change, and the one after it. */
export interface Pair {
  left: PatchLine | null;
  right: PatchLine | null;
}

/** Puts removed lines beside the added lines that replace them. */
export function pairsOf(lines: readonly PatchLine[]): Pair[] {
  const pairs: Pair[] = [];
  let removed: PatchLine[] = [];
  let added: PatchLine[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      pairs.push({ left: removed[i] ?? null, right: added[i] ?? null });
    [removed, added] = [[], []];
  };
  for (const line of lines) {
    if (line.kind === "removed") {
      if (added.length > 0) flush();
      removed.push(line);
    } else if (line.kind === "added") added.push(line);
    else if (line.kind === "note") (added.length > 0 ? added : removed).push(line);
    else {
      flush();
      pairs.push({ left: line, right: line });
    }
  }
  flush();
  return pairs;
}

/** A part of a line, from one offset up to another. */
export type Range = readonly [from: number, to: number];

// Longer lines take too long to compare.
const maxWords = 1_000;
// Lines that have less in common are other lines, not changed ones.
const leastCommon = 0.4;

/** Returns the parts of each changed line that differ from the line beside it. */
export function changedWords(lines: readonly PatchLine[]): Map<PatchLine, Range[]> {
  const found = new Map<PatchLine, Range[]>();
  for (const { left, right } of pairsOf(lines)) {
    if (left?.kind !== "removed" || right?.kind !== "added") continue;
    if (left.text.length + right.text.length > maxWords) continue;
    const [was, is] = wordRanges(left.text, right.text);
    found.set(left, was);
    found.set(right, is);
  }
  return found;
}

function wordRanges(before: string, after: string): [Range[], Range[]] {
  const was: Range[] = [];
  const is: Range[] = [];
  let [left, right, common] = [0, 0, 0];
  for (const { value, added, removed } of diffWordsWithSpace(before, after)) {
    if (removed) was.push([left, (left += value.length)]);
    else if (added) is.push([right, (right += value.length)]);
    else {
      common += value.trim().length;
      left += value.length;
      right += value.length;
    }
  }
  const longest = Math.max(before.trim().length, after.trim().length);
  return common < leastCommon * longest ? [[], []] : [was, is];
}

/** A piece of a line with the classes of its syntax, and whether it has changed. */
export interface Piece {
  text: string;
  className: string;
  changed: boolean;
}

/** Cuts the pieces of a line at the ends of the ranges that have changed. */
export function cutPieces(
  pieces: readonly { text: string; className: string }[],
  ranges: readonly Range[],
): Piece[] {
  const all: Piece[] = [];
  let at = 0;
  for (const { text, className } of pieces) {
    const end = at + text.length;
    const cuts = [at, ...ranges.flat().filter((c) => c > at && c < end), end];
    for (let i = 1; i < cuts.length; i++) {
      const [from, to] = [cuts[i - 1]!, cuts[i]!];
      const changed = ranges.some(([a, b]) => a <= from && to <= b);
      all.push({ text: text.slice(from - at, to - at), className, changed });
    }
    at = end;
  }
  return all;
}
