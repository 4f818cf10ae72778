import { expect, test } from "vitest";

import { onlyFence } from "./fence.ts";

test("a text is recognised as a single code fence", () => {
  expect(onlyFence("```console\n$ ls\na\n```")).toEqual({ language: "console", code: "$ ls\na" });
  expect(onlyFence("````\n```\n````")).toEqual({ language: "", code: "```" });
  expect(onlyFence("```\na\n```\nand\n```\nb\n```")).toBeNull();
  expect(onlyFence("text")).toBeNull();
});
