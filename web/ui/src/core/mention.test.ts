import { expect, test } from "vitest";

import { ann, olga } from "./fixtures.ts";
import { isMentioned } from "./mention.ts";

const called = (displayName: string) => ({ ...ann, id: displayName, displayName });
const people = [olga, ann, called("Ann Marie"), called("Ann (2)"), called("דנה"), called("J.-P.")];

const calls: [string, string][] = [
  ["Ann", "@Ann"],
  ["Ann", "look, @ann: this"],
  ["Ann", "(@Ann)"],
  ["Ann", "@Ann's test fails. @Olga?"],
  ["Ann", "@Ann."],
  ["Ann", "@Ann - here"],
  ["Ann", "＠Ａｎｎ"],
  ["Ann", "**@Ann** look"],
  ["Ann Marie", "@Ann Marie and @Olga"],
  ["Ann (2)", "@Ann (2) look"],
  ["דנה", "שלום @דנה!"],
  ["J.-P.", "@J.-P., look"],
];
test.each(calls)("%s is mentioned in %s", (name, text) => {
  expect(isMentioned(called(name), people, text)).toBe(true);
});

const others: [string, string][] = [
  ["Ann", "Ann, look"],
  ["Ann", "@Anna and @Ann_x, @Ann2, @Ann-Sophie"],
  ["Ann", "@Ann Marie"],
  ["Ann", "@Ann (2)"],
  ["Ann", "write to joe@ann or joe@ann.example"],
  ["Ann", "@ann.example"],
  ["Ann", "`@Ann` and https://a.example/@Ann"],
  ["Ann", "```\n@Ann\n```"],
  ["Ann", "@\u200bAnn and @An\u200bn"],
  ["Ann", "@ Ann"],
  ["Ann Marie", "@Ann"],
  ["", "@"],
];
test.each(others)("%s is not mentioned in %s", (name, text) => {
  expect(isMentioned(called(name), people, text)).toBe(false);
});

test("a message full of mentions is checked quickly", () => {
  const crowd = Array.from({ length: 1_000 }, (_, i) => called(`${"a".repeat(100)}${i}`));
  expect(isMentioned(called("Ann"), crowd, `@${"a".repeat(100)} `.repeat(300))).toBe(false);
});
