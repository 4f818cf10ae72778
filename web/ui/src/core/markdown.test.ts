import { describe, expect, test } from "vitest";

import { isCheap } from "./markdown.ts";

describe("what is parsed as markdown", () => {
  const fine: [string, string][] = [
    ["nothing", ""],
    ["a message", "Look at `make test`, *please*: [here](https://a.example)."],
    ["many paragraphs", "Some **bold** text, and a [link](b).\n\n".repeat(700)],
    ["a long list", "- an item with *stress*\n".repeat(600)],
    ["a table", `|a|b|\n|-|-|\n${"|1|2|\n".repeat(500)}`],
    ["long code", `\`\`\`c\n${"  if (a[i] * b[i]) { c[i] = '||||' }\n".repeat(2_000)}\`\`\`\n`],
    ["a signed link", `See https://files.example/a?${"s".repeat(1_200)} there.`],
    ["a nested list", "- a\n  - b\n    - c\n      1. d\n> > quoted"],
  ];
  test.each(fine)("%s", (_, text) => expect(isCheap(text)).toBe(true));

  const hostile: [string, string][] = [
    ["links that never end", "[a](b".repeat(6_000)],
    ["brackets in many paragraphs", `${"[a](b".repeat(600)}\n\n`.repeat(20)],
    ["stress that never ends", "*a_ ".repeat(3_000)],
    ["one word", "W".repeat(100_000)],
    ["one word among others", `Look at ${"x".repeat(3_000)} there`],
    ["many long words", `${"x".repeat(1_000)} `.repeat(50)],
    ["deep quotes", `${">".repeat(500)} a`],
    ["deep lists in one line", `${"- ".repeat(500)}a`],
    ["deep lists", Array.from({ length: 90 }, (_, i) => `${" ".repeat(i * 2)}- a`).join("\n")],
    ["many tables", "|a|b|c|\n|-|-|-|\n|1|2|3|\n\n".repeat(800)],
    ["a wide table", `|${"a|".repeat(3_000)}\n|${"-|".repeat(3_000)}`],
    ["many lines", "# a\n".repeat(20_000)],
    ["a book", "A sentence like others. ".repeat(10_000)],
    ["brackets after what is no fence", `\`\`\`a\`\n${"[a](b".repeat(6_000)}`],
    ["brackets after a fence in HTML", `<div>\n\`\`\`\n\n${"[a](b".repeat(6_000)}`],
    ["brackets after a fence that has ended", `\`\`\`\na\n\`\`\`\n${"[a](b".repeat(6_000)}`],
  ];
  test.each(hostile)("not %s", (_, text) => expect(isCheap(text)).toBe(false));
});
