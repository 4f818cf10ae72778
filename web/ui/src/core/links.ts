/** Links in what people and the agent write. */

export function isSafeLink(href: string | undefined): href is string {
  return href !== undefined && /^(https?:\/\/|mailto:)/i.test(href);
}

export type Piece = { text: string; href?: string };

// A closing bracket or a full stop at the end is most likely the sentence's.
const address = /\bhttps?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/gi;

/** Splits a text at the addresses in it. */
export function withLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const m of text.matchAll(address)) {
    if (m.index > from) pieces.push({ text: text.slice(from, m.index) });
    pieces.push({ text: m[0], href: m[0] });
    from = m.index + m[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
