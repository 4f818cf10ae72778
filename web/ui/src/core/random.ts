/** Random bytes as hexadecimal digits. crypto.randomUUID would be for secure origins alone. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (b) => b.toString(16).padStart(2, "0")).join("");
}
