import { describe, expect, test } from "vitest";

import type { Item } from "parley-client/view";
import { placesOf, renumber, type Places } from "./places.ts";

const rows = (keys: string) => [...keys].map((key) => ({ key }) as Item);

/** Returns the number of a row. */
const numberOf = (p: Places, key: string) => p.first + p.items.findIndex((r) => r.key === key);

describe("the numbers of rows", () => {
  test.each([
    ["when newer rows follow", "cdef"],
    ["when older rows come before", "abcd"],
    ["when the oldest rows are dropped", "d"],
    ["when rows are added and dropped at both ends", "abd"],
  ])("stay the same %s", (_, keys) => {
    const before = placesOf(rows("cd"));
    const after = renumber(before, rows(keys));
    expect(numberOf(after, "d")).toBe(numberOf(before, "d"));
    expect(after.generation).toBe(before.generation);
  });

  test("stay the same when a row appears in the middle and older ones follow later", () => {
    const before = renumber(placesOf(rows("ce")), rows("cde"));
    const after = renumber(before, rows("abcde"));
    expect(numberOf(after, "c")).toBe(numberOf(before, "c"));
  });

  test("start anew when no row is left", () => {
    const before = renumber(placesOf(rows("cd")), rows("abcd"));
    const after = renumber(before, rows("xyz"));
    expect(after.first).toBe(placesOf([]).first);
    expect(after.generation).toBe(before.generation + 1);
  });

  test("do not start anew with the first rows of an empty list", () => {
    expect(renumber(placesOf([]), rows("ab"))).toMatchObject(placesOf(rows("ab")));
  });
});
