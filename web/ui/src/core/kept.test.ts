import { describe, expect, test } from "vitest";

import { KeptParts, namesOf } from "./kept.ts";

describe("the state of parts", () => {
  test("is kept by the path of its part", () => {
    const kept = new KeptParts();
    kept.write("row 1/whole", true);
    expect(kept.read("row 1/whole", false)).toBe(true);
    expect(kept.read("row 2/whole", false)).toBe(false);
    kept.write("row 1/whole", false);
    expect(kept.read("row 1/whole", true)).toBe(false);
  });

  test("is announced to subscribers until they unsubscribe", () => {
    const kept = new KeptParts();
    let told = 0;
    const stop = kept.subscribe(() => told++);
    kept.write("row 1/deciding", true);
    kept.write("row 1/deciding", false);
    stop();
    kept.write("row 1/deciding", true);
    expect(told).toBe(2);
  });

  test("is dropped for the least recently changed parts when there are too many", () => {
    const kept = new KeptParts(3);
    for (const path of ["a", "b", "c", "a", "d"]) kept.write(path, true);
    expect(["a", "b", "c", "d"].map((path) => kept.read(path, false))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

test("a part keeps its name when one of another kind is added before it", () => {
  const kindOf = (part: string) => part;
  expect(namesOf(["text", "text"], kindOf)).toEqual(["text", "text 2"]);
  expect(namesOf(["diff", "text", "diff", "text"], kindOf)).toEqual([
    "diff",
    "text",
    "diff 2",
    "text 2",
  ]);
});
