/**
 * Limits the cost of markdown. The parser takes time that grows with the square of the
 * number of brackets and asterisks in a paragraph, and with each level of nesting.
 * Without limits a short hostile text could block the page for minutes.
 */

const most = {
  characters: 100_000,
  lines: 3_000,
  /** The longest word: the time to break it grows with the square of its length. */
  word: 2_000,
  /** All long words together. */
  longWords: 6_000,
  /** Cells of tables. */
  pipes: 4_000,
  /** The depth of nested quotes and lists. */
  depth: 12,
  indent: 40,
  /** The sum over all paragraphs of the square of the number of their marks. */
  work: 4_000_000,
};

const fence = /^ {0,3}(`{3,}(?![^\n]*`)|~{3,})/;
// Inside HTML and in the title of a definition a fence has no meaning.
const noFences = /^ {0,3}[<[]/;
const marker = /^[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))/;

/** Reports whether a text can be parsed as markdown quickly. */
export function isCheap(text: string): boolean {
  return costOf(text) < Infinity;
}

/** Estimates the cost to parse and render a text as markdown. Infinity is too much. */
export function costOf(text: string): number {
  if (text.length > most.characters) return Infinity;
  let [lines, pipes, work, marks, long] = [0, 0, 0, 0, 0];
  let open: string | null = null;
  let fences = true;
  for (const line of text.split("\n")) {
    const mark = fence.exec(line)?.[1] ?? null;
    if (open !== null) {
      if (mark?.startsWith(open)) open = null;
      continue;
    }
    if (noFences.test(line)) fences = false;
    if (fences) open = mark;
    if (++lines > most.lines || depthOf(line) > most.depth) return Infinity;
    for (const length of longWords(line)) {
      long += length;
      if (length > most.word || long > most.longWords) return Infinity;
    }
    pipes += count(line, /\|/g);
    if (line.trim() === "") marks = 0;
    const more = count(line, /[[\]*_~]/g);
    work += (marks + more) ** 2 - marks ** 2;
    marks += more;
    if (pipes > most.pipes || work > most.work) return Infinity;
  }
  return text.length + work + 100 * (pipes + long);
}

const longWord = 300;

/** Returns the lengths of the long words in a line. */
function longWords(line: string): number[] {
  if (line.length <= longWord) return [];
  return line
    .split(/\s/)
    .map((word) => word.length)
    .filter((length) => length > longWord);
}

/** Returns Infinity for a list item that is indented deeper than anyone writes. */
function depthOf(line: string): number {
  let depth = 0;
  let rest = line;
  for (let m = marker.exec(rest); m && depth <= most.depth; m = marker.exec(rest)) {
    if (m[0].length > most.indent) return Infinity;
    rest = rest.slice(m[0].length);
    depth++;
  }
  return depth;
}

function count(line: string, what: RegExp): number {
  return line.match(what)?.length ?? 0;
}
