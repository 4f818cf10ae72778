import { describe, expect, test } from "vitest";

import { compare } from "./diff.ts";

describe("a diff", () => {
  test("numbers its lines, and counts the ones it leaves out", () => {
    const old = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`).join("");
    const diff = compare(old, old.replace("line 10\n", "line ten\n"));
    expect(diff).toMatchObject({ added: 1, removed: 1 });
    expect(diff?.lines[0]).toMatchObject({ kind: "skip", count: 6 });
    expect(diff?.lines.at(-1)).toMatchObject({ kind: "skip", count: 7 });
    expect(diff?.lines.find((l) => l.kind === "added")).toMatchObject({
      after: 10,
      text: "line ten",
    });
  });

  test("of a new file has only additions", () => {
    expect(compare(null, "a\nb\n")).toMatchObject({ added: 2, removed: 0 });
  });

  test("of equal texts is empty, and of huge texts is null", () => {
    expect(compare("a\n", "a\n")?.lines).toEqual([]);
    expect(compare("x".repeat(600_000), "y".repeat(600_000))).toBeNull();
  });
});
