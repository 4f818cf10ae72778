/** Who is called by name, as in "@Ann, look". */

import type { Participant } from "parley-client";

import { proseOf } from "./talk.ts";

// More in one message is no call for somebody.
const most = 100;

const inWord = /[\p{L}\p{N}\p{M}_]/u;
// A dot or a hyphen goes on with a name where a letter follows it.
const goesOn = /^(?:[\p{L}\p{N}\p{M}_]|[-.@][\p{L}\p{N}])/u;

/**
 * isMentioned tells whether a message calls somebody by their whole name. Of
 * two names of which one begins like the other, the longer one counts. Names in
 * code and in links call nobody.
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

/** Whether a text begins with a name, and not with a longer word. */
function isWhole(text: string, name: string): boolean {
  return name !== "" && text.startsWith(name) && !goesOn.test(text.slice(name.length));
}
