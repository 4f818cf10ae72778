/**
 * Tells which characters of a text a reader cannot see. It is the twin of the Go
 * package protocol/visible, whose documentation has the rule. Both pass the cases in
 * protocol/testdata/visible.json.
 */

/** A piece of a text: visible text, or the name of one hidden character. */
export type Segment = { text: string; hidden?: undefined } | { text?: undefined; hidden: string };

const pictograph = String.raw`\p{Extended_Pictographic}(?:[\ufe0e\ufe0f]|\p{Emoji_Modifier})?`;
// England, Scotland and Wales: no font draws other flags made of tags.
const flag = String.raw`\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}`;
const emoji = String.raw`${flag}|[0-9#*]\ufe0f\u20e3|${pictograph}(?:\u200d${pictograph})*`;

// Joiners that change the shape of their neighbours: after an Indic virama, and the
// non-joiner after an Arabic letter that joins the next one.
const virama = String.raw`[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]`;
const joining = String.raw`[\u0626\u0628\u062a-\u062e\u0633-\u063f\u0641-\u0647\u0649\u064a\u067e\u0686\u06a9\u06af\u06cc]`;
const shaping = String.raw`(?<=${virama})[\u200c\u200d](?=\p{L})|(?<=${joining})\u200c(?=\p{Script=Arabic})(?=\p{L})`;

// Format characters that have a glyph: Prepended_Concatenation_Mark.
const drawn = String.raw`[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]`;
const blank = String.raw`\u1680\u2000-\u2008\u200a\u205f\u2800\ufffc\u{13441}\u{13442}\u{16fe4}\u{1d159}`;
const hidden = String.raw`(?!${drawn}|[\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}${blank}]`;

const special = new RegExp(`(${emoji}|${shaping})|(\\r(?=\\n))|(${hidden})`, "gu");
const harmless = /^[\n\t\x20-\x7e]*$/;

/** Calls f with each segment of a text. */
function each(text: string, f: (s: Segment) => void): void {
  if (harmless.test(text)) {
    if (text !== "") f({ text });
    return;
  }
  let seen = 0;
  const flush = (end: number) => {
    if (end > seen) f({ text: text.slice(seen, end) });
  };
  for (const m of text.matchAll(special)) {
    if (m[1] !== undefined) continue;
    flush(m.index);
    seen = m.index + m[0].length;
    if (m[3] !== undefined) f({ hidden: nameOfCharacter(m[3]) });
  }
  flush(text.length);
}

function nameOfCharacter(c: string): string {
  return `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * Splits a text into segments, in order. Each hidden character is a segment of its own;
 * a carriage return before a line feed is left out.
 */
export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  each(text, (s) => {
    const last = found.at(-1);
    if (s.text !== undefined && last?.text !== undefined) last.text += s.text;
    else found.push(s);
  });
  return found;
}

/** Returns the number of hidden characters in a text. */
export function countHidden(text: string): number {
  let n = 0;
  each(text, (s) => {
    if (s.hidden !== undefined) n++;
  });
  return n;
}

/** Returns a text with hidden characters replaced by their names, such as ⟨U+202E⟩. */
export function marked(text: string): string {
  if (harmless.test(text)) return text;
  let all = "";
  each(text, (s) => {
    all += s.text ?? `⟨${s.hidden}⟩`;
  });
  return all;
}

/** Returns a text without its hidden characters. */
export function withoutHidden(text: string): string {
  let all = "";
  each(text, (s) => {
    all += s.text ?? "";
  });
  return all;
}
