/** Finds mentions of people, as in "@Ann, look". */

import type { Participant } from "parley-client";

import { proseOf } from "./talk.ts";

// A message that mentions more people is not meant for anyone in particular.
const most = 100;

const inWord = /[\p{L}\p{N}\p{M}_]/u;
// A dot or a hyphen belongs to a name if a letter or digit follows it.
const nameCharacters = /^(?:[\p{L}\p{N}\p{M}_]|[-.@][\p{L}\p{N}])/u;

/**
 * Reports whether a message mentions the user by full name. If one name begins with
 * another, the longer one counts. Names in code and in links do not count.
 */
export function isMentioned(
  me: Participant,
  people: readonly Participant[],
  message: string,
): boolean {
  if (!message.includes("@") && !message.includes("＠")) return false;
  const text = folded(proseOf(message));
  const mine = folded(called(me));
  const names = people.map((p) => folded(called(p)));
  let at = -1;
  for (let n = 0; n < most; n++) {
    at = text.indexOf("@", at + 1);
    if (at < 0) return false;
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1);
    if (before !== undefined && inWord.test(before)) continue;
    const rest = text.slice(at + 1, at + 1 + 256);
    if (!isWhole(rest, mine)) continue;
    if (!names.some((name) => name.length > mine.length && isWhole(rest, name))) return true;
  }
  return false;
}

function called(p: Participant): string {
  return p.displayName ?? p.userId;
}

function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** Reports whether a text begins with a name, and not with a longer word. */
function isWhole(text: string, name: string): boolean {
  return name !== "" && text.startsWith(name) && !nameCharacters.test(text.slice(name.length));
}
