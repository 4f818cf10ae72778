import { expect, test } from "vitest";

import { newUserId } from "./memory.ts";

test("user ids of the same name differ, and are plain ASCII", () => {
  expect(newUserId("Zoë Ünal")).toMatch(/^zoe-unal-[0-9a-f]{10}$/);
  expect(newUserId("漢字")).toMatch(/^guest-/);
  expect(newUserId("a")).not.toBe(newUserId("a"));
});
