/** Returns random bytes as hexadecimal digits. crypto.randomUUID needs a secure origin. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (b) => b.toString(16).padStart(2, "0")).join("");
}
