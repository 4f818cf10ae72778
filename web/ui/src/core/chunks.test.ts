import { describe, expect, test } from "vitest";

import { chunksOf, chunkSize, countLines, headOf, tailChunks, tailOf } from "./chunks.ts";

const whole = (text: string) =>
  chunksOf(text)
    .map((c, i) => (i > 0 && !c.continues ? "\n" : "") + c.text)
    .join("");

describe("chunks", () => {
  const texts = [
    "",
    "one line",
    "line\n".repeat(5_000),
    "\n".repeat(9_999),
    "W".repeat(100_000),
    `${"a ".repeat(1_500)}\n${"b".repeat(5_000)}\nc`,
    "\u{1f600}".repeat(4_000),
    `x${"\u{1f600}".repeat(4_000)}`,
  ];
  test.each(texts.map((t) => [`${t.slice(0, 12)}… (${t.length})`, t]))(
    "of %j are small, and all of it",
    (_, text) => {
      expect(whole(text) === text).toBe(true);
      for (const c of chunksOf(text)) {
        expect(c.text.length).toBeLessThanOrEqual(chunkSize);
        expect(c.text.isWellFormed(), "no character is cut in two").toBe(true);
      }
    },
  );
});

test("the beginning of a text is a few lines, or a few characters of long lines", () => {
  expect(headOf("a\nb\nc", 2, 100)).toEqual({ text: "a\nb\nc", cut: false });
  expect(headOf("a\nb\nc\nd\ne", 2, 100)).toEqual({ text: "a\nb", cut: true });
  expect(headOf("x".repeat(500), 2, 100)).toEqual({ text: "x".repeat(100), cut: true });
  expect(headOf(`${"x".repeat(99)}\u{1f600}${"y".repeat(99)}`, 2, 100)).toEqual({
    text: "x".repeat(99),
    cut: true,
  });
});

test("and so is its end", () => {
  expect(tailOf("a\nb\nc", 3, 100)).toEqual({ text: "a\nb\nc", cut: false });
  expect(tailOf("a\nb\nc\nd", 2, 100)).toEqual({ text: "c\nd", cut: true });
  expect(tailOf("x".repeat(500), 2, 100)).toEqual({ text: "x".repeat(100), cut: true });
  expect(tailOf("", 2, 100)).toEqual({ text: "", cut: false });
});

test("lines are counted", () => {
  expect([countLines(""), countLines("a"), countLines("a\nb\n")]).toEqual([1, 1, 3]);
});

describe("the end of a growing text", () => {
  const lines = "const a = 1; // a line of code\n".repeat(2_000);

  test.each([
    ["lines", lines],
    ["one line", "word ".repeat(10_000)],
    ["emoji", "\u{1f600}".repeat(20_000)],
    ["little", "a\nb"],
  ])("is whole and bounded: %s", (_, text) => {
    const chunks = tailChunks(text, 8 * chunkSize);
    const tail = chunks.map((c) => c.text).join("");
    expect(text.slice(chunks[0]!.at)).toBe(tail);
    expect(tail.length).toBeLessThanOrEqual(9 * chunkSize);
    expect(tail.length).toBeGreaterThanOrEqual(Math.min(text.length, 7 * chunkSize));
    expect(tail).not.toMatch(/^[\udc00-\udfff]/);
  });

  test("keeps all but its last chunks", () => {
    for (let to = 40_000; to < 50_000; to += 7) {
      const known = new Set(tailChunks(lines.slice(0, to), 8 * chunkSize).map((c) => c.text));
      const after = tailChunks(lines.slice(0, to + 7), 8 * chunkSize);
      expect(after.filter((c) => !known.has(c.text)).length).toBeLessThanOrEqual(2);
    }
  });
});
