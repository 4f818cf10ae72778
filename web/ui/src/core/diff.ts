/** A change of a file, as lines to show. */

import { structuredPatch } from "diff";

export interface DiffLine {
  kind: "same" | "added" | "removed" | "skip";
  /** Line numbers before and after; null where there is none. */
  before: number | null;
  after: number | null;
  text: string;
  /** Of a skip: how many lines are left out. */
  count?: number;
}

export interface FileDiff {
  lines: DiffLine[];
  added: number;
  removed: number;
}

// Comparing takes time that grows with the square of what differs.
const mostLength = 1_000_000;
const context = 3;

/** compare returns null for what is too big to compare. */
export function compare(before: string | null, after: string): FileDiff | null {
  if ((before ?? "").length + after.length > mostLength) return null;
  // Line ends of another system are not shown where no line has any other.
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

/** Returns the number of the old file's line that comes after the hunk. */
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
