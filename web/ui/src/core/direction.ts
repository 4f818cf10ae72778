/** The direction in which a text is written. */

const letter = /\p{L}/u;
// The blocks of scripts that are written from right to left.
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** directionOf returns the direction of the first letter, as dir="auto" does; null without letters. */
export function directionOf(text: string): "ltr" | "rtl" | null {
  const first = letter.exec(text)?.[0];
  if (first === undefined) return null;
  return rightToLeft.test(first) ? "rtl" : "ltr";
}
