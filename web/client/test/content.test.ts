import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { formatSize, nameContent, withoutLabels, type Content } from "../src/index.js";

interface Case {
  name: string;
  text: string;
  named: string;
  content: Content[];
}

const fixtures = JSON.parse(
  readFileSync(new URL("../../../protocol/testdata/content.json", import.meta.url), "utf8"),
) as { cases: Case[] };

describe("a text names its content", () => {
  test.each(fixtures.cases)("$name", ({ text, content, named }) => {
    expect(nameContent(text, content)).toBe(named);
    expect(nameContent(named, content)).toBe(named);
    expect(withoutLabels(named, content)).toBe(
      text.trim() === "" || content.length > 0 ? text.trim() : text,
    );
  });
});

test("lines that only look like labels stay", () => {
  const content = fixtures.cases[0]!.content;
  const text = "[Attachment 1: other.png, image/png, 34.1 KiB]";
  expect(withoutLabels(text, content)).toBe(text);
});

test("sizes are rounded down", () => {
  expect([0, 1, 1023, 1024, 2 ** 20 - 1, 3 * 2 ** 29].map(formatSize)).toEqual([
    "0 bytes",
    "1 byte",
    "1023 bytes",
    "1.0 KiB",
    "1023.9 KiB",
    "1.5 GiB",
  ]);
});
