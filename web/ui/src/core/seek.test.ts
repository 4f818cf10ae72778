import { describe, expect, test } from "vitest";

import { isInSight, seekStep } from "./seek.ts";

describe("a search for a card", () => {
  test("scrolls at once, and again every 20 frames until the row is rendered", () => {
    const steps = Array.from({ length: 41 }, (_, frame) => seekStep(frame, false));
    expect(steps.flatMap((step, frame) => (step === "scroll" ? [frame] : []))).toEqual([0, 20, 40]);
    expect(steps.filter((step) => step === "wait")).toHaveLength(38);
  });

  test("focuses the card in every frame in which it is in sight", () => {
    expect([seekStep(0, true), seekStep(7, true), seekStep(300, true)]).toEqual(
      Array(3).fill("focus"),
    );
  });

  test("gives up after 300 frames, even with the card in sight", () => {
    expect(seekStep(300, false)).toBe("scroll");
    expect([seekStep(301, false), seekStep(301, true)]).toEqual(["stop", "stop"]);
  });
});

describe("a card is in sight", () => {
  const list = { left: 0, right: 500, top: 100, bottom: 700 };
  const card = (top: number, bottom: number) => ({ left: 0, right: 500, top, bottom });
  test.each([
    ["inside the list", card(150, 400), true],
    ["at the list's top edge, with a rounding error", card(99.5, 400), true],
    ["longer than the list, from its upper half on", card(390, 2_000), true],
    ["not above the list", card(50, 400), false],
    ["not when only its head shows at the bottom", card(650, 900), false],
  ])("%s", (_, box, inSight) => expect(isInSight(box, list)).toBe(inSight));
});
