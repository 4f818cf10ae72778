import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { countHidden, marked, segments, withoutHidden } from "./visible.ts";

interface Case {
  name: string;
  input: string;
  segments: { text?: string; hidden?: string }[];
  hidden: number;
}

// The Go package reads the same cases.
const path = new URL("../../../../protocol/testdata/visible.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

describe("the cases shared by all clients", () => {
  test.each(cases.map((c) => [c.name, c] as const))("%s", (_, c) => {
    expect(segments(c.input)).toEqual(c.segments);
    expect(countHidden(c.input)).toBe(c.hidden);
  });
});

test("marked text has no hidden characters", () => {
  expect(marked("rm \u202efr")).toBe("rm ⟨U+202E⟩fr");
  for (const c of cases) expect(countHidden(marked(c.input)), c.name).toBe(0);
});

test("hidden characters can be removed", () => {
  for (const c of cases) expect(countHidden(withoutHidden(c.input)), c.name).toBe(0);
  expect(withoutHidden("Add a test\u{e0020}\u{e0061}")).toBe("Add a test");
});

test("a lone surrogate is hidden", () => {
  expect(segments("a\ud83db")).toEqual([{ text: "a" }, { hidden: "U+D83D" }, { text: "b" }]);
});

test("a megabyte takes proportional time", () => {
  // With quadratic time, the test would run into its timeout.
  expect(countHidden("é".repeat(1e6))).toBe(0);
  expect(countHidden("\u202e".repeat(1e6))).toBe(1e6);
  expect(countHidden("\u{1f600}\u200d".repeat(3e5))).toBe(1);
});
