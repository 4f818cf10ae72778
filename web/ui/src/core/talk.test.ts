import { describe, expect, test } from "vitest";

import { inlineOf, talkOf, type Inline } from "./talk.ts";

/** Renders a line as text, with the marks of its formatted parts. */
function drawn(pieces: readonly Inline[]): string {
  return pieces
    .map((p) =>
      "inside" in p
        ? `<${p.type}>${drawn(p.inside)}</${p.type}>`
        : p.type === "text"
          ? p.text
          : `<${p.type}>${p.text}</${p.type}>`,
    )
    .join("");
}

describe("text stays as people typed it", () => {
  test.each([
    "__init__.py calls __main__, and _private_ too",
    "snake_case_name and $HOME/some_dir/_build_",
    "src/**/*.ts and test/**/*.ts",
    "*.go *.ts *.css",
    "2*3*4 = 24, 2 * 3 * 4",
    "def f(*args, **kwargs): return g(*args, **kwargs)",
    "char *a, *b; int **p = &q;",
    "about ~5 minutes, ~6 at most, ~/bin and ~user",
    "a ~single~ tilde",
    "# not a heading",
    "- 5 degrees",
    "+ 1",
    "3) three",
    "> a quote",
    "1986. A year.",
    "    indented",
    "---",
    "[text](https://a.example/x",
    "C:\\*\\n\\_ &lt;b&gt; <b>&copy;</b>",
    "[x]: y",
    "| a | b |",
    "a `tick",
    "``` and ````",
    "** nothing **",
    "* item with a * in it",
    "***",
  ])("%s", (line) => {
    const text = drawn(inlineOf(line)).replace(/<\/?link>/g, "");
    expect(text).toBe(line);
    expect(talkOf(line)).toEqual([{ type: "lines", text: line }]);
  });
});

const stressed: [string, string][] = [
  ["`__init__.py` and ``a ` b``", "<code>__init__.py</code> and <code>a ` b</code>"],
  ["`*a*` *b*", "<code>*a*</code> <em>b</em>"],
  ["**Done.** It is *not* ~~4~~ 5", "<strong>Done.</strong> It is <em>not</em> <del>4</del> 5"],
  ["(**really**), *so*!", "(<strong>really</strong>), <em>so</em>!"],
  ["**see `make`**", "<strong>see <code>make</code></strong>"],
  ["*half `of* it`", "*half <code>of* it</code>"],
  ["*see https://a.example*", "<em>see <link>https://a.example</link></em>"],
  ["See https://a.example/x?y=1.", "See <link>https://a.example/x?y=1</link>."],
  ["(https://a.example/b_(c))", "(<link>https://a.example/b_(c)</link>)"],
  ["<https://a.example/d>, ok", "<<link>https://a.example/d</link>>, ok"],
  ["https://a.example\u202e/e", "<link>https://a.example</link>\u202e/e"],
  ["javascript:alert(1)", "javascript:alert(1)"],
];
test.each(stressed)("%s is rendered as %s", (line, seen) =>
  expect(drawn(inlineOf(line))).toBe(seen),
);

describe("a block of code", () => {
  test("stands between the texts before and after it", () => {
    expect(talkOf("Look:\n```go\nfunc main() {}\n\n```\n\nnow")).toEqual([
      { type: "lines", text: "Look:" },
      { type: "code", info: "go", text: "func main() {}\n" },
      { type: "lines", text: "\nnow" },
    ]);
  });

  test("ends with the message if it is not closed", () => {
    expect(talkOf("~~~\na\n```\nb")).toEqual([{ type: "code", info: "", text: "a\n```\nb" }]);
  });

  test("is plain text if it is empty", () => {
    expect(talkOf("```\n```")).toEqual([{ type: "lines", text: "```\n```" }]);
    expect(talkOf("~~~")).toEqual([{ type: "lines", text: "~~~" }]);
  });
});

test("hostile lines are parsed quickly", () => {
  const size = 32_000;
  const runs = Array.from({ length: 250 }, (_, i) => "`".repeat(i + 1)).join("a");
  for (const line of ["*a ", "**a", "`a", "https://a)))", "~~a~~b", "*a`", "((", "`", ")"].map(
    (s) => s.repeat(size / s.length),
  ))
    inlineOf(line);
  inlineOf(runs);
  inlineOf(`https://a.example/${")".repeat(size)}`);
  talkOf("```\n".repeat(size / 4));
});
