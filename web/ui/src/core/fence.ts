/** Returns the code of a text that is exactly one code fence, or null. */
export function onlyFence(text: string): { language: string; code: string } | null {
  const m = /^\s*(`{3,}|~{3,})([^\n`]*)\n([\s\S]*?)\n?\1\s*$/.exec(text);
  if (!m) return null;
  const code = m[3] ?? "";
  // Another fence inside means that the text has more than one.
  if (code.split("\n").some((line) => line.startsWith(m[1] ?? ""))) return null;
  return { language: (m[2] ?? "").trim(), code };
}
