/** Finds the command in the input of a tool call, in the shapes that agents use. */

import { isObject, type ToolContent } from "parley-client/view";

export interface Command {
  text: string;
  cwd: string | null;
  /** The environment variables of the command, as NAME=value. */
  env: readonly string[];
  /** The other members of the input; null for none. */
  rest: Record<string, unknown> | null;
}

const names = ["command", "cmd", "script"] as const;
const places = ["cwd", "workdir", "working_directory", "workingDirectory", "directory"] as const;

/** Returns the command of an input, or null if it has none. */
export function commandOf(input: unknown): Command | null {
  if (!isObject(input)) return null;
  const given = names.filter((n) => words(input[n]) !== null);
  if (given.length === 0 && words(input.args) === null) return null;
  const rest = { ...input };
  const take = (key: string) => {
    const value = rest[key];
    delete rest[key];
    return value;
  };
  // An input can hold both a command and a script, and only the agent knows which one
  // runs. The first is shown with the arguments, and each other one on lines of its
  // own.
  const parts: (string | null)[] = given.slice(0, 1).map((n) => words(take(n)));
  const others = given.slice(1).map((n) => words(take(n)));
  const args = words(rest.args);
  if (args !== null) {
    take("args");
    // Arguments are separate words, whatever characters they contain.
    parts.push(
      typeof input.args === "string" ? args : (input.args as string[]).map(quoted).join(" "),
    );
  }
  const place = places.find((p) => typeof input[p] === "string");
  const cwd = place === undefined ? null : (take(place) as string);
  const env = variables(rest.env);
  if (env !== null) take("env");
  return {
    text: [parts.join(" "), ...others].join("\n"),
    cwd,
    env: env ?? [],
    rest: Object.keys(rest).length > 0 ? rest : null,
  };
}

/** Returns null for anything but a string or a list of strings. */
function words(v: unknown): string | null {
  if (typeof v === "string") return v;
  if (!Array.isArray(v) || v.length === 0 || !v.every((w) => typeof w === "string")) return null;
  return v.map(quoted).join(" ");
}

/** Quotes a word so that its end is visible. */
function quoted(word: string): string {
  return /^[\w@%+=:,./~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Returns null for anything but a set of variables. */
function variables(v: unknown): string[] | null {
  if (isObject(v)) {
    const pairs = Object.entries(v);
    const simple = pairs.every(([, value]) => value === null || typeof value !== "object");
    return simple ? pairs.map(([name, value]) => `${name}=${String(value)}`) : null;
  }
  if (!Array.isArray(v)) return null;
  const pairs = v.map((e) =>
    typeof e === "string"
      ? e
      : isObject(e) && typeof e.name === "string" && typeof e.value === "string"
        ? `${e.name}=${e.value}`
        : null,
  );
  return pairs.includes(null) ? null : (pairs as string[]);
}

/**
 * Reports whether the diffs of a call show everything in its input: each of its strings
 * is the path of a diff, or a part of the text before or after the change.
 */
export function isShownBy(input: unknown, content: readonly ToolContent[]): boolean {
  if (!isObject(input)) return false;
  const diffs = content.flatMap((c) => (c.type === "diff" ? [c] : []));
  return Object.values(input).every(
    (v) =>
      typeof v === "string" &&
      diffs.some((d) => v === d.path || (d.oldText ?? "").includes(v) || d.newText.includes(v)),
  );
}
