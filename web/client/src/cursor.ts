const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Returns the number of the event that a cursor names, which is in its first eight
 * bytes. Returns NaN for anything but a cursor.
 */
export function eventNumber(cursor: string): number {
  let n = 0;
  for (const letter of cursor.slice(0, 10)) {
    const bits = alphabet.indexOf(letter);
    n = bits < 0 ? NaN : n * 64 + bits;
  }
  // Ten letters are 60 bits; the last four bits are the upper ones of the next letter.
  const rest = alphabet.indexOf(cursor[10] ?? "?");
  return rest < 0 ? NaN : n * 16 + (rest >> 2);
}
