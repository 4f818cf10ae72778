import { describe, expect, test } from "vitest";

import { Pace } from "./pace.ts";

/** How often a stream is drawn in a second by frames of that length, and how much of it that takes. */
function stream(tookMs: number, frameMs = 1_000 / 60) {
  const pace = new Pace();
  let [now, drawn] = [0, 0];
  while (now < 10_000) {
    now = Math.ceil((now + pace.wait(now)) / frameMs) * frameMs;
    pace.drew(now, now + tookMs);
    now += tookMs + 0.1;
    drawn++;
  }
  return { perSecond: drawn / 10, share: (drawn * tookMs) / now };
}

describe("the pace of a stream", () => {
  test("begins at once", () => {
    expect(new Pace().wait(1_000)).toBe(0);
    expect(new Pace().wait(0)).toBe(0);
  });

  test("is at every third frame where drawing is quick", () => {
    const { perSecond } = stream(4);
    expect(perSecond).toBeGreaterThan(19);
    expect(perSecond).toBeLessThan(21);
  });

  test("leaves most of the time to other things where drawing is slow", () => {
    for (const took of [20, 40, 90]) expect(stream(took).share).toBeLessThan(0.3);
  });

  test("never makes one wait for long", () => {
    const pace = new Pace();
    pace.drew(0, 5_000); // the machine had slept
    expect(pace.wait(5_000)).toBeLessThanOrEqual(400);
    expect(pace.wait(5_400)).toBe(0);
  });
});
