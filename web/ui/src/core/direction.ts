/** The writing direction of a text. */

const letter = /\p{L}/u;
// The Unicode blocks of right-to-left scripts.
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Returns the direction of the first letter, as dir="auto" does; null without letters. */
export function directionOf(text: string): "ltr" | "rtl" | null {
  const first = letter.exec(text)?.[0];
  if (first === undefined) return null;
  return rightToLeft.test(first) ? "rtl" : "ltr";
}
