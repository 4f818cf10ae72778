/** Compares two versions of a file, line by line. */

import { structuredPatch } from "diff";

export interface DiffLine {
  kind: "same" | "added" | "removed" | "skip";
  /** Line numbers before and after the change; null where there is none. */
  before: number | null;
  after: number | null;
  text: string;
  /** For a skip: how many lines are left out. */
  count?: number;
}

export interface FileDiff {
  lines: DiffLine[];
  added: number;
  removed: number;
}

// The time to compare grows with the square of the difference.
const maxLength = 1_000_000;
const context = 3;

/** Returns null if the texts are too big to compare. */
export function compare(before: string | null, after: string): FileDiff | null {
  if ((before ?? "").length + after.length > maxLength) return null;
  // CRLF line ends are not shown as a difference unless both kinds occur.
  const crlf = hasOnlyCRLF(after) && (before === null || hasOnlyCRLF(before));
  const lf = (text: string) => (crlf ? text.replaceAll("\r\n", "\n") : text);
  const old = lf(before ?? "");
  const patch = structuredPatch("a", "b", old, lf(after), "", "", { context, timeout: 800 });
  if (!patch) return null;
  const lines: DiffLine[] = [];
  let next = 1;
  for (const hunk of patch.hunks) {
    skip(lines, hunk.oldStart - next);
    next = addHunk(lines, hunk);
  }
  const total = old === "" ? 0 : old.replace(/\n$/, "").split("\n").length;
  if (patch.hunks.length > 0) skip(lines, total - next + 1);
  return {
    lines,
    added: lines.filter((l) => l.kind === "added").length,
    removed: lines.filter((l) => l.kind === "removed").length,
  };
}

function hasOnlyCRLF(text: string): boolean {
  return !/(?:^|[^\r])\n/.test(text);
}

function skip(lines: DiffLine[], count: number): void {
  if (count > 0) lines.push({ kind: "skip", before: null, after: null, text: "", count });
}

/** Adds the lines of a hunk. Returns the number of the old file's line after it. */
function addHunk(
  lines: DiffLine[],
  hunk: { oldStart: number; newStart: number; lines: string[] },
): number {
  let before = hunk.oldStart;
  let after = hunk.newStart;
  for (const line of hunk.lines) {
    const text = line.slice(1);
    if (line.startsWith("+")) lines.push({ kind: "added", before: null, after: after++, text });
    else if (line.startsWith("-"))
      lines.push({ kind: "removed", before: before++, after: null, text });
    else if (line.startsWith(" "))
      lines.push({ kind: "same", before: before++, after: after++, text });
  }
  return before;
}
