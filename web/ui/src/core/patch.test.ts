import { describe, expect, test } from "vitest";

import { changedWords, cutPieces, linesOf, pairsOf } from "./patch.ts";

const patch = [
  "@@ -1,3 +1,3 @@",
  " package shop",
  "-func Total() int { return 1 }",
  "+func Total() int { return 2 }",
  " ",
  "@@ -10,2 +10,3 @@ func Other()",
  "-old",
  "+new words that have nothing in common",
  "+@@ -1 +1 @@",
  "\\ No newline at end of file",
  "",
].join("\n");

test("a patch has the numbers of its lines", () => {
  expect(linesOf(patch).map((l) => [l.kind, l.before, l.after])).toEqual([
    ["skip", null, null],
    ["same", 1, 1],
    ["removed", 2, null],
    ["added", null, 2],
    ["same", 3, 3],
    ["skip", null, null],
    ["removed", 10, null],
    ["added", null, 10],
    ["added", null, 11],
    ["note", null, null],
  ]);
  expect(linesOf(patch)[5]).toMatchObject({ text: "func Other()", count: 6 });
  expect(linesOf("")).toEqual([]);
});

test("removed lines stand beside those that replace them", () => {
  const pairs = pairsOf(linesOf(patch)).map(({ left, right }) => [left?.text, right?.text]);
  expect(pairs[2]).toEqual(["func Total() int { return 1 }", "func Total() int { return 2 }"]);
  expect(pairs[5]).toEqual(["old", "new words that have nothing in common"]);
  expect(pairs[6]).toEqual([undefined, "@@ -1 +1 @@"]);
});

describe("words that have changed", () => {
  const words = changedWords(linesOf(patch));
  const of = (text: string) => [...words].find(([l]) => l.text === text)?.[1];
  test("are found in similar lines", () => {
    expect(of("func Total() int { return 1 }")).toEqual([[26, 27]]);
    expect(of("func Total() int { return 2 }")).toEqual([[26, 27]]);
  });
  test("are not marked in lines that have little in common", () => expect(of("old")).toEqual([]));
});

test("pieces are cut at the ends of changed words", () => {
  const pieces = [
    { text: "return", className: "k" },
    { text: " 12", className: "" },
  ];
  expect(cutPieces(pieces, [[4, 8]])).toEqual([
    { text: "retu", className: "k", changed: false },
    { text: "rn", className: "k", changed: true },
    { text: " 1", className: "", changed: true },
    { text: "2", className: "", changed: false },
  ]);
});
