import { expect, test } from "vitest";

import { duration, initials, relativeTime, shorten, shortPath } from "./format.ts";

test("times, names and paths are shortened", () => {
  expect([duration(120), duration(8_400), duration(75_000), duration(3_900_000)]).toEqual([
    "0.1 s",
    "8 s",
    "1 min 15 s",
    "1 h 5 min",
  ]);
  expect([initials("Ada Lovelace"), initials("ben"), initials("漢字"), initials(" ")]).toEqual([
    "AL",
    "B",
    "漢",
    "?",
  ]);
  expect(shortPath("/home/ada/project/a/b.go")).toBe("…/a/b.go");
  expect(["b.go", "/demo/basket/total.go"].map(shortPath)).toEqual([
    "b.go",
    "/demo/basket/total.go",
  ]);
  expect(relativeTime(0, 7_200_000)).toBe("2 hours ago");
});

test("only very long texts are shortened, and no character is split", () => {
  expect(shorten("short\n".repeat(10))).toHaveLength(60);
  expect(shorten("line\n".repeat(100)).split("\n")).toHaveLength(24);
  const cut = shorten(`a${"👍".repeat(5_000)}`);
  expect(cut.length).toBeLessThan(2_001);
  expect(cut.isWellFormed()).toBe(true);
});
