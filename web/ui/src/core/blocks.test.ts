import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { describe, expect, test } from "vitest";

import {
  blocksOf,
  blocksPerGroup,
  definitionsFor,
  longestBlock,
  noBlocks,
  openCode,
  type Blocks,
} from "./blocks.ts";
import { dice } from "./fixtures.ts";
import { costOf } from "./markdown.ts";

function textsOf(b: Blocks): string[] {
  return [...b.groups.flat().map((block) => block.text), b.text.slice(b.open)];
}

function htmlOf(text: string): string {
  const html = renderToStaticMarkup(
    createElement(ReactMarkdown, { remarkPlugins: [remarkGfm], children: text }),
  );
  return html.replace(/\s+/g, " ").replace(/> </g, "><").trim();
}

/** Returns what a text looks like when its blocks are rendered one by one. */
function inBlocks(text: string): string {
  const b = blocksOf(text);
  return textsOf(b)
    .map((block) => htmlOf(`${block}\n\n${definitionsFor(block, b.definitions)}`))
    .join("");
}

const parts = [
  "A paragraph with **bold**\nand a second line.",
  "# A heading\nand text right below it",
  "- one\n- two\n  goes on\n- three",
  "- one\n\n- two, apart\n\n  with a second paragraph\n\n- three",
  "1. one\n2. two\n\n3. three",
  "- with code\n\n  ```go\n  a := 1\n\n  b := 2\n  ```\n\n  and more",
  "- ```\n  inside an item\n\n  ```\nno code",
  "- an item whose fence\n\n  ```\n  is never closed\n\nends with the item",
  "```go\nfunc f() {\n\n\treturn\n}\n```",
  "````md\n```\nnested\n\n```\n````",
  "~~~\ntildes\n\n```\nwith a fence in them\n\n~~~",
  "> a quote\n> with two lines\n\n> another",
  "> ```\n> code in a quote\n> goes on",
  "| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |",
  "Title\n-----\ntext",
  "    indented code\n\n    goes on",
  "---",
  "See [the rule] and [this][rule].",
  "[the rule]: https://example.org/a\n[rule]: https://example.org/b",
  "A line with `code` and ``` in the middle.",
  "line one  \nline two",
];

describe("a text in blocks", () => {
  test.each(parts.map((part) => [part]))("reads like the whole: %j", (part) => {
    const text = `Before.\n\n${part}\n\nAfter.`;
    expect(inBlocks(text)).toBe(htmlOf(text));
  });

  test("reads like the whole, in any order of parts", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const d = dice(seed);
      const some = Array.from({ length: 2 + d.below(8) }, () => d.one(parts));
      const text = some.join(d.one(["\n\n", "\n\n\n", "\n \n"]));
      expect(inBlocks(text), `seed ${seed}`).toBe(htmlOf(text));
    }
  });

  test("has the same blocks however it grows", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const d = dice(seed);
      const long = "word ".repeat(d.below(3) * 5_000);
      const text = Array.from({ length: 30 }, () => d.one([...parts, long])).join("\n\n");
      let grown = noBlocks;
      for (let to = 0; to < text.length; to += 1 + d.below(d.below(10) ? 40 : 9_000))
        grown = blocksOf(text.slice(0, to), grown);
      expect(blocksOf(text, grown), `seed ${seed}`).toEqual(blocksOf(text));
      expect(textsOf(grown).join(""), "and loses nothing").toBe(grown.text);
    }
  });

  test("that is replaced is split anew", () => {
    const before = blocksOf("One.\n\nTwo.\n\nThree.");
    const after = blocksOf("Another.\n\nText.\n", before);
    expect(textsOf(after)).toEqual(["Another.\n\n", "Text.\n"]);
  });

  test("keeps its finished blocks and full groups", () => {
    const text = Array.from({ length: 100 }, (_, i) => `Paragraph ${i}.`).join("\n\n");
    const before = blocksOf(text);
    const after = blocksOf(`${text} It goes on.\n\nThe last.`, before);
    const full = before.groups.filter((g) => g.length === blocksPerGroup);
    expect(full.length).toBeGreaterThan(5);
    expect(full.every((g, i) => after.groups[i] === g)).toBe(true);
    const known = new Set(before.groups.flat());
    expect(after.groups.flat().filter((b) => !known.has(b))).toHaveLength(1);
  });

  test("keeps its blocks when its beginning is dropped while it grows", () => {
    const fence = "```js\nconst a = 1;\n\nconst b = 2;\n```";
    const paragraphs = Array.from({ length: 100 }, (_, i) => (i % 3 ? `Paragraph ${i}.` : fence));
    const text = paragraphs.join("\n\n");
    const before = blocksOf(text);
    // In the middle of code: the remaining text by itself would mean something else.
    const from = text.indexOf("const b", text.length / 2);
    const after = blocksOf(`${text.slice(from)}\n\nThe last.\n`, before, from);
    const known = new Set(before.groups.flat());
    expect(after.groups.flat().filter((b) => !known.has(b))).toHaveLength(1);
    expect(after.from).toBeGreaterThan(0);
    expect(after.from).toBeLessThanOrEqual(from);
    expect(after.text).toBe(`${text}\n\nThe last.\n`.slice(after.from));
    for (const b of after.groups.flat())
      expect(`${text}\n\n`.startsWith(b.text, b.at), "at its place").toBe(true);
    const again = blocksOf(`${text.slice(from)}\n\nThe last.\nAnd more.`, after, from);
    expect(again.groups).toEqual(after.groups);
    expect(blocksOf(text, again, 0), "the beginning came back").toEqual(before);
  });

  test("keeps little of the dropped text", () => {
    const code = `\`\`\`\n${"a line\n".repeat(100_000)}`;
    const from = 500_000;
    const after = blocksOf(code.slice(from), blocksOf(code), from);
    expect(after.from).toBe(from);
    expect(after.text).toBe(code.slice(from));
  });

  test.each([
    ["one line without an end", "word ".repeat(100_000)],
    ["one word", "w".repeat(500_000)],
    ["lines without a blank one", "A line of text.\n".repeat(30_000)],
    ["a list", "- an item\n".repeat(50_000)],
    ["a table", `| a | b |\n| - | - |\n${"| 1 | 2 |\n".repeat(50_000)}`],
    ["a quote", "> quoted\n".repeat(50_000)],
    ["emoji", "😀".repeat(200_000)],
  ])("has blocks of a bounded size: %s", (_, text) => {
    const b = blocksOf(text);
    const texts = textsOf(b);
    const most = longestBlock + 1;
    const drawn = b.groups.flat().filter((block) => !block.plain);
    expect(Math.max(0, ...drawn.map((block) => block.text.length))).toBeLessThanOrEqual(most);
    expect(texts.at(-1)!.length).toBeLessThanOrEqual(most);
    expect(texts.join("")).toBe(text);
    expect(texts.every((b) => !/^[\udc00-\udfff]/.test(b))).toBe(true);
  });

  test.each([
    ["brackets in each paragraph", `${"[a](b".repeat(200)}\n\n`.repeat(2_000)],
    ["long words", `${"w".repeat(1_900)}\n\n`.repeat(500)],
    ["many tables", "|a|b|c|\n|-|-|-|\n|1|2|3|\n\n".repeat(4_000)],
  ])("costs little even if every block is hostile: %s", (_, text) => {
    const b = blocksOf(text);
    for (const group of b.groups) {
      const cost = group
        .filter((block) => !block.plain)
        .reduce((n, { text }) => n + costOf(text), 0);
      expect(cost).toBeLessThanOrEqual(1_000_000);
    }
    const [plain] = b.groups.flat().filter((block) => block.plain);
    if (plain) expect(b.groups.length, "all that is plain is one block").toBe(1);
    expect(textsOf(b).join("")).toBe(text);
  });

  test("repeats the header of a long table above each part", () => {
    const rows = Array.from({ length: 4_000 }, (_, i) => `| row ${i} | ${i} |\n`);
    const table = `Prices:\n| item | price |\n| --- | ---: |\n${rows.join("")}`;
    for (const end of ["", "\nAfter.\n"]) {
      const { groups, open, text, head } = blocksOf(table + end);
      const all = [...groups.flat(), { text: text.slice(open), head }];
      const parts = all.filter((b) => b.text.includes("row"));
      expect(parts.length).toBeGreaterThan(3);
      const html = parts.map((b) => htmlOf(b.head + b.text));
      for (const part of html)
        expect(part).toContain('<thead><tr><th>item</th><th style="text-align:right">price</th>');
      expect(html.join("").match(/<td>row \d+<\/td>/g)).toHaveLength(rows.length);
      if (end) expect(all.at(-1)).toMatchObject({ text: "After.\n", head: "" });
    }
  });

  test("repeats no header after the end of a table", () => {
    const { groups } = blocksOf(
      `| a | b |\n| - | - |\n| 1 | 2 |\n# End\n${"a line of text\n".repeat(4_000)}`,
    );
    expect(groups.flat().length).toBeGreaterThan(1);
    expect(groups.flat().every((b) => b.head === "")).toBe(true);
  });

  test("repeats no header in a list, and none of thousands of characters", () => {
    const row = "  | 1 | 2 |\n".repeat(3_000);
    for (const table of [
      `- | a | b |\n  | - | - |\n${row}`,
      `| ${"a".repeat(900)} | ${"b".repeat(900)} |\n| - | - |\n${row}`,
    ]) {
      const b = blocksOf(table);
      expect(b.groups.flat().length + 1).toBeGreaterThan(1);
      expect([...b.groups.flat(), b].every((block) => block.head === "")).toBe(true);
    }
  });

  test("returns the code of a fence that is still open", () => {
    const code = "const a = 1;\n\nconst b";
    expect(openCode(blocksOf(`Look:\n\n\`\`\`js\n${code}`))).toBe(code);
    expect(openCode(blocksOf(`\`\`\`js\n${code}\n\`\`\`\n`))).toBeNull();
    expect(openCode(blocksOf("```js"))).toBeNull();
    expect(openCode(blocksOf(`- item\n  \`\`\`\n  ${code}`))).toBeNull();
    expect(openCode(blocksOf("text"))).toBeNull();
  });
});
