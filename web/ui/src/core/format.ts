/** Formats times, sizes and names for people. */

export function duration(ms: number): string {
  if (ms < 950) return `${Math.max(0.1, ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return `${m} min ${s % 60} s`;
  return `${Math.floor(m / 60)} h ${m % 60} min`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function timeOfDay(at: number): string {
  return clock.format(at);
}

export function dayOf(at: number): string {
  return day.format(at);
}

export function fullTime(at: number): string {
  return full.format(at);
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Returns how long ago or how far ahead a time is, in the largest unit that fits. */
export function relativeTime(at: number, now: number): string {
  const s = (at - now) / 1000;
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
  ];
  for (const [size, unit] of steps) {
    if (Math.abs(s) >= size) return relative.format(Math.round(s / size), unit);
  }
  return relative.format(Math.round(s), "second");
}

/** Returns a number of bytes with a suitable unit. */
export function bytes(n: number): string {
  const units = ["bytes", "kB", "MB"] as const;
  const power = n < 1_000 ? 0 : n < 999_500 ? 1 : 2;
  const value = n / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Returns two letters for the picture of a name. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((w) => [...(w ?? "?")][0]?.toUpperCase() ?? "?").join("");
}

/** Returns a number below count that depends only on the text. */
export function hue(text: string, count: number): number {
  let h = 0;
  for (const c of text) h = (h * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return h % count;
}

/** Returns a path, or the end of a long one. */
export function shortPath(path: string): string {
  const parts = path.split("/").filter(Boolean);
  return parts.length <= 3 ? path : `…/${parts.slice(-2).join("/")}`;
}

// Beyond this depth, indentation would take many times more room than the JSON itself.
const maxDepth = 40;

/** Returns a value as indented JSON. */
export function pretty(v: unknown): string {
  try {
    return JSON.stringify(v, null, isDeeper(v, maxDepth) ? 0 : 2) ?? "null";
  } catch {
    return "…"; // nested too deeply to be encoded
  }
}

function isDeeper(v: unknown, depth: number): boolean {
  if (typeof v !== "object" || v === null) return false;
  return depth === 0 || Object.values(v).some((inner) => isDeeper(inner, depth - 1));
}

const longest = 2_000;
const maxLines = 24;

/** Returns the beginning of a very long text, or the text itself. */
export function shorten(text: string): string {
  const lines = text.split("\n");
  const few = lines.length > maxLines + 6 ? lines.slice(0, maxLines).join("\n") : text;
  if (few.length <= longest * 1.5) return few;
  const cut = few.slice(0, longest);
  // Do not cut in the middle of a character.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
