import { describe, expect, test } from "vitest";

import type { Item } from "parley-client/view";
import { nextDecision } from "./waiting.ts";

const proposal = (id: string) => ({ type: "prompt", approval: { id } }) as Item;
const question = (requestId: string) => ({ type: "permission", requestId }) as Item;
const items = [proposal("p1"), { type: "chat" } as Item, question("q1"), proposal("p2")];

describe("the counter leads", () => {
  const all = new Set(["p2", "q1", "p1"]);
  test.each([
    ["to the first decision at first", null, "p1"],
    ["from a proposal to a question", "p1", "q1"],
    ["from the last decision back to the first", "p2", "p1"],
    ["to the first decision after one that is settled", "gone", "p1"],
  ])("%s", (_, after, next) => expect(nextDecision(items, all, after)).toBe(next));

  test("past what does not wait any more", () => {
    expect(nextDecision(items, new Set(["p2"]), "p1")).toBe("p2");
  });

  test("nowhere when nothing waits", () => {
    expect(nextDecision(items, new Set(), "p1")).toBeNull();
    expect(nextDecision([], all, null)).toBeNull();
  });
});
