/** Splits long texts into chunks that a browser lays out one by one. */

export interface Chunk {
  text: string;
  /** Whether it continues the last line of the chunk before. */
  continues: boolean;
}

/** The number of characters that a browser lays out quickly, in one word or in many lines. */
export const chunkSize = 2_000;

/** Splits a text at line ends, and lines that are too long where necessary. */
export function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let from = 0;
  let continues = false;
  while (text.length - from > chunkSize) {
    const line = text.lastIndexOf("\n", from + chunkSize);
    const whole = line >= from;
    const to = whole ? line : characterEnd(text, from + chunkSize);
    chunks.push({ text: text.slice(from, to), continues });
    from = whole ? to + 1 : to;
    continues = !whole;
  }
  chunks.push({ text: text.slice(from), continues });
  return chunks;
}

export interface TailChunk {
  text: string;
  /** Where it begins in the whole text. */
  at: number;
}

/**
 * Returns about that many characters from the end of a growing text. As it grows, only
 * the last chunks change.
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

/** Returns where a chunk begins: at the start of a line if one is near. */
function chunkStart(text: string, i: number): number {
  const from = i * chunkSize;
  if (from >= text.length) return text.length;
  const line = text.slice(from, from + chunkSize - 1).indexOf("\n");
  return line >= 0 ? from + line + 1 : characterEnd(text, from);
}

/** Moves an index that would split a character to before the character. */
export function characterEnd(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff ? at - 1 : at;
}

export interface Head {
  text: string;
  /** Whether text was left out. */
  cut: boolean;
}

/** Returns the beginning of a text, or all of it if little would be left out. */
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

/** Returns the end of a text, or all of it if little would be left out. */
export function tailOf(text: string, lines: number, characters: number): Head {
  let start = text.length;
  for (let n = 0; n < lines && start > 0; n++) start = text.lastIndexOf("\n", start - 1);
  start = Math.max(start + 1, text.length - characters);
  if (start <= 1) return { text, cut: false };
  // Do not start in the middle of a character.
  if (/[\udc00-\udfff]/.test(text.charAt(start))) start++;
  return { text: text.slice(start), cut: true };
}

/** Returns the number of lines, counting no further than max. */
export function countLines(text: string, max = Infinity): number {
  let n = 1;
  for (let i = text.indexOf("\n"); i >= 0 && n <= max; i = text.indexOf("\n", i + 1)) n++;
  return n;
}
