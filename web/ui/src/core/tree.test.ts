import { expect, test } from "vitest";

import { inOrder, markOf, treeOf } from "./tree.ts";

const file = (path: string) => ({
  ...{ path, version: `v-${path}`, status: "modified" as const, additions: 1, deletions: 0 },
});

test("folders with a single folder are joined", () => {
  const root = treeOf(["a/b/c/one.go", "a/b/c/two.go", "top.go", "a/x.go"].map(file));
  expect(root.folders.map((f) => f.name)).toEqual(["a"]);
  expect(root.folders[0]!.folders.map((f) => [f.name, f.path])).toEqual([["b/c", "a/b/c"]]);
  expect(inOrder(root).map((f) => f.path)).toEqual([
    "a/b/c/one.go",
    "a/b/c/two.go",
    "a/x.go",
    "top.go",
  ]);
});

test("a mark is for one version of a file", () => {
  const mark = { path: "a", version: "v-a", participant: {} as never, at: "" };
  expect(markOf([mark], { path: "a", version: "v-a" })).toBe(mark);
  expect(markOf([mark], { path: "a", version: "v-b" })).toBeUndefined();
});
