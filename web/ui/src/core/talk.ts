/**
 * Parses what people write to each other. It stays as they typed it, since people who
 * talk about code type globs, file names and numbers, not markdown. Only code between
 * backticks, links, and words between **, * or ~~ are formatted.
 */

export type Inline =
  | { type: "text" | "code" | "link"; text: string }
  | { type: "strong" | "em" | "del"; inside: Inline[] };

export type Talk =
  | { type: "lines"; text: string }
  /** A block of code. info is the text after the opening backticks. */
  | { type: "code"; info: string; text: string };

const opening = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;

/** Splits a text into blocks of code and the text between them. */
export function talkOf(text: string): Talk[] {
  const lines = text.split("\n");
  const all: Talk[] = [];
  let from = 0;
  const linesUntil = (end: number) => {
    if (end > from) all.push({ type: "lines", text: lines.slice(from, end).join("\n") });
  };
  for (let i = 0; i < lines.length; i++) {
    const [, fence, info = ""] = opening.exec(lines[i] ?? "") ?? [];
    if (fence === undefined) continue;
    const end = closingOf(lines, i + 1, fence);
    const code = lines.slice(i + 1, end).join("\n");
    if (code.trim() === "") continue; // nothing visible would be left
    linesUntil(i);
    all.push({ type: "code", info: info.trim(), text: code });
    from = end + 1;
    i = end;
  }
  linesUntil(lines.length);
  return all;
}

/** Returns the index of the line that closes a block of code, or of the end. */
function closingOf(lines: readonly string[], from: number, fence: string): number {
  for (let i = from; i < lines.length; i++) {
    const line = lines[i]!.trim();
    if (line.length >= fence.length && line === fence.charAt(0).repeat(line.length)) return i;
  }
  return lines.length;
}

const before = String.raw`(?<![^\s(\[{"'“‘«])`;
const first = String.raw`(?=[\p{L}\p{N}\p{Extended_Pictographic}"'“‘«(\x60$@#])`;
const marks = new RegExp(
  String.raw`\x60+|https?://[^\s<>"\x60\p{C}]+|${before}(?:\*\*|\*|~~)${first}`,
  "giu",
);
const after = /^(?:$|[\s.,;:!?…)\]}"'”’»])/u;
const kinds: Record<string, "strong" | "em" | "del"> = { "**": "strong", "*": "em", "~~": "del" };

/** Parses the code, links and emphasis of one line. */
export function inlineOf(line: string, stress = true): Inline[] {
  const all: Inline[] = [];
  const unclosed = new Set<number>();
  let seen = 0;
  const add = (from: number, to: number, piece: Inline) => {
    if (from > seen) all.push({ type: "text", text: line.slice(seen, from) });
    all.push(piece);
    seen = to;
  };
  // Text between two marks of emphasis is parsed again.
  const search = new RegExp(marks);
  for (let m = search.exec(line); m; m = search.exec(line)) {
    const mark = m[0];
    const from = m.index;
    const begin = from + mark.length;
    if (mark.startsWith("`")) {
      const end = unclosed.has(mark.length) ? -1 : endOfCode(line, begin, mark.length);
      if (end < 0) unclosed.add(mark.length);
      else add(from, end + mark.length, { type: "code", text: line.slice(begin, end) });
    } else if (mark in kinds) {
      const end = stress ? endOfStress(line, begin, mark) : -1;
      const inside = end < 0 ? [] : inlineOf(line.slice(begin, end), false);
      if (end >= 0) add(from, end + mark.length, { type: kinds[mark]!, inside });
    } else {
      const text = linkIn(mark);
      add(from, from + text.length, { type: "link", text });
    }
    search.lastIndex = Math.max(seen, begin);
  }
  if (seen < line.length) all.push({ type: "text", text: line.slice(seen) });
  return all;
}

/** Returns the index of the next run of that many backticks. */
function endOfCode(line: string, from: number, count: number): number {
  const ticks = /`+/g;
  ticks.lastIndex = from;
  for (let m = ticks.exec(line); m; m = ticks.exec(line))
    if (m[0].length === count && m.index > from) return m.index;
  return -1;
}

function endOfStress(line: string, from: number, mark: string): number {
  const end = line.indexOf(mark.charAt(0), from);
  if (end <= from || !line.startsWith(mark, end) || /\s/u.test(line.charAt(end - 1))) return -1;
  if (!after.test(line.slice(end + mark.length, end + mark.length + 1))) return -1;
  // Emphasis must not begin or end inside of code.
  return line.slice(from, end).split("`").length % 2 === 1 ? end : -1;
}

/** Returns a link without the punctuation of the sentence around it. */
function linkIn(text: string): string {
  let end = text.length;
  let open = 0;
  for (const c of text) open += c === "(" ? 1 : c === ")" ? -1 : 0;
  for (; end > 0; end--) {
    const last = text.charAt(end - 1);
    if (last === ")" && open < 0) open++;
    else if (!/[.,;:!?'*~\]}]/.test(last)) break;
  }
  return text.slice(0, end);
}

/** Returns a text without its code and links. */
export function proseOf(text: string): string {
  const words = (pieces: readonly Inline[]): string =>
    pieces
      .map((p) => ("inside" in p ? words(p.inside) : p.type === "text" ? p.text : " "))
      .join("");
  return talkOf(text)
    .map((b) =>
      b.type === "code"
        ? ""
        : b.text
            .split("\n")
            .map((l) => words(inlineOf(l)))
            .join("\n"),
    )
    .join("\n");
}
