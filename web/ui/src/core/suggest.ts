/** What the composer suggests while the user types, and what its keys do with a suggestion. */

import type { AvailableCommand, Content, FileEntry } from "parley-client";

import { sendsOnEnter } from "./enter.ts";
import { countHidden } from "./visible.ts";

export interface Suggestion {
  /** What replaces the word that is being typed, with the space after it. */
  insert: string;
  name: string;
  /** The argument to type after the name; empty for none. */
  hint: string;
  about: string;
}

/** The part of a text that a suggestion replaces, and the suggestions for it. */
export interface Suggestions {
  from: number;
  to: number;
  list: readonly Suggestion[];
  /** How many further ones match. */
  more: number;
}

/** How many suggestions are shown. Further ones are found by typing more of the name. */
export const maxSuggestions = 50;

// A name with a space or a hidden character cannot be typed.
const typable = /^[^\s\p{C}]+$/u;

/**
 * Returns the agent's commands that match the first word of a text, if that begins with a
 * slash and the cursor is in it; null if there are none. Those whose names begin with the
 * word come first.
 */
export function suggestCommands(
  text: string,
  cursor: number,
  commands: readonly AvailableCommand[],
): Suggestions | null {
  const word = /^\/\S*/.exec(text)?.[0];
  if (word === undefined || cursor < 1 || cursor > word.length) return null;
  const typed = text.slice(1, cursor).toLowerCase();
  const at = (c: AvailableCommand) => c.name.toLowerCase().indexOf(typed);
  const all = commands.filter((c) => typable.test(c.name) && at(c) >= 0);
  const sorted = [...all.filter((c) => at(c) === 0), ...all.filter((c) => at(c) > 0)];
  const list = sorted.slice(0, maxSuggestions).map(suggestionOf);
  const only = list.length === 1 && list[0]!.name === word;
  if (list.length === 0 || (only && cursor === word.length)) return null;
  return { from: 0, to: word.length, list, more: sorted.length - list.length };
}

function suggestionOf({ name, hint, description }: AvailableCommand): Suggestion {
  return { insert: `/${name} `, name: `/${name}`, hint, about: description };
}

/** Returns the command that a text begins with; undefined if the agent has no such command. */
export function commandIn(
  text: string,
  commands: readonly AvailableCommand[],
): AvailableCommand | undefined {
  const name = /^\/(\S+)/.exec(text)?.[1];
  return name === undefined ? undefined : commands.find((c) => c.name === name);
}

/** Returns a text with a suggestion in it, and where the cursor is then. */
export function accept(
  text: string,
  { from, to }: Suggestions,
  { insert }: Suggestion,
): { text: string; cursor: number } {
  const rest = text.slice(to).replace(/^ /, "");
  return { text: text.slice(0, from) + insert + rest, cursor: from + insert.length };
}

/** What a key does while suggestions are shown; null leaves it to the composer. */
export type SuggestAct = "next" | "previous" | "accept" | "close" | null;

type Key = Pick<
  KeyboardEvent,
  "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "isComposing" | "keyCode"
>;

export function suggestAct(e: Key): SuggestAct {
  if (e.isComposing || e.keyCode === 229) return null;
  if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return null;
  if (e.key === "ArrowDown") return "next";
  if (e.key === "ArrowUp") return "previous";
  if (e.key === "Escape") return "close";
  return e.key === "Tab" || sendsOnEnter(e) ? "accept" : null;
}

/** The beginning of the name of a file that is being typed. */
export interface FileWord {
  from: number;
  to: number;
  /** The part of the path. */
  query: string;
}

/** Returns the name of a file at the cursor, such as @src/ma or @"read m; null for none. */
export function fileWordAt(text: string, cursor: number): FileWord | null {
  const found = /(?:^|\s)@("[^"\n]{0,200}|[^\s"]{0,200})$/u.exec(text.slice(0, cursor));
  if (!found) return null;
  const word = found[1]!;
  const rest = word.startsWith('"') ? "" : (/^[^\s"]*/.exec(text.slice(cursor))?.[0] ?? "");
  return {
    from: cursor - word.length - 1,
    to: cursor + rest.length,
    query: word.replace(/^"/, ""),
  };
}

/** Returns the suggestions for a name of a file. A name that cannot be typed is left out. */
export function suggestFiles(
  word: FileWord,
  files: readonly FileEntry[],
  about: (file: FileEntry) => string,
): Suggestions | null {
  const list = files.flatMap((f) => {
    const token = fileToken(f.path);
    return token === null ? [] : [{ insert: `${token} `, name: f.path, hint: "", about: about(f) }];
  });
  const only = list.length === 1 && list[0]!.name === word.query;
  return list.length === 0 || only ? null : { ...word, list, more: 0 };
}

/** Returns how a prompt names a file; null if the name cannot be seen whole. */
export function fileToken(path: string): string | null {
  if (countHidden(path) > 0 || /["\n\t]/.test(path)) return null;
  return path.includes(" ") ? `@"${path}"` : `@${path}`;
}

// As many links as the terminal client makes.
const maxLinks = 8;

/** Returns links to the known files that a prompt names. */
export function linksIn(text: string, known: ReadonlySet<string>): Content[] {
  const names = [...text.matchAll(/(?:^|\s)@(?:"([^"\n]+)"|(\S+))/gu)].map((m) => m[1] ?? m[2]!);
  return [...new Set(names)]
    .filter((path) => known.has(path))
    .slice(0, maxLinks)
    .map((path) => ({ type: "resource_link", path, name: path.split("/").at(-1)!.slice(-100) }));
}
