/** Long texts in pieces that a browser lays out one by one. */

export interface Chunk {
  text: string;
  /** Whether it goes on with the last line of the chunk before. */
  goesOn: boolean;
}

/** So many characters, in one word or in many lines, are laid out in an instant. */
export const chunkSize = 2_000;

/** chunksOf splits a text at its line ends, and lines that are too long where they must be. */
export function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let from = 0;
  let goesOn = false;
  while (text.length - from > chunkSize) {
    const line = text.lastIndexOf("\n", from + chunkSize);
    const whole = line >= from;
    const to = whole ? line : characterEnd(text, from + chunkSize);
    chunks.push({ text: text.slice(from, to), goesOn });
    from = whole ? to + 1 : to;
    goesOn = !whole;
  }
  chunks.push({ text: text.slice(from), goesOn });
  return chunks;
}

export interface TailChunk {
  text: string;
  /** Where it begins in the whole text. */
  at: number;
}

/**
 * tailChunks returns the end of a text that grows, about that many characters,
 * in chunks of which only the last ones change.
 */
export function tailChunks(text: string, characters: number): TailChunk[] {
  const chunks: TailChunk[] = [];
  const first = Math.max(0, Math.floor((text.length - characters) / chunkSize));
  let at = first === 0 ? 0 : chunkStart(text, first);
  for (let i = first + 1; at < text.length; i++) {
    const to = Math.min(text.length, chunkStart(text, i));
    if (to > at) chunks.push({ text: text.slice(at, to), at });
    at = Math.max(at, to);
  }
  return chunks;
}

/** Where a chunk begins: at the start of a line if there is one near. */
function chunkStart(text: string, i: number): number {
  const from = i * chunkSize;
  if (from >= text.length) return text.length;
  const line = text.slice(from, from + chunkSize - 1).indexOf("\n");
  return line >= 0 ? from + line + 1 : characterEnd(text, from);
}

/** Moves an index to before a character that it would cut in two. */
export function characterEnd(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff ? at - 1 : at;
}

export interface Head {
  text: string;
  /** Whether that is not all. */
  cut: boolean;
}

/** headOf returns the beginning of a text; all of it if little would be left. */
export function headOf(text: string, lines: number, characters: number): Head {
  if (text.length <= characters * 1.5 && countLines(text, lines * 1.5) <= lines * 1.5)
    return { text, cut: false };
  let end = -1;
  for (let n = 0; n < lines; n++) {
    end = text.indexOf("\n", end + 1);
    if (end < 0 || end > characters) break;
  }
  if (end < 0 || end > characters) end = characterEnd(text, Math.min(characters, text.length));
  return { text: text.slice(0, end), cut: end < text.length };
}

/** tailOf returns the end of a text in the same way. */
export function tailOf(text: string, lines: number, characters: number): Head {
  let start = text.length;
  for (let n = 0; n < lines && start > 0; n++) start = text.lastIndexOf("\n", start - 1);
  start = Math.max(start + 1, text.length - characters);
  if (start <= 1) return { text, cut: false };
  // Not from the middle of a character.
  if (/[\udc00-\udfff]/.test(text.charAt(start))) start++;
  return { text: text.slice(start), cut: true };
}

/** countLines stops counting at most. */
export function countLines(text: string, most = Infinity): number {
  let n = 1;
  for (let i = text.indexOf("\n"); i >= 0 && n <= most; i = text.indexOf("\n", i + 1)) n++;
  return n;
}
