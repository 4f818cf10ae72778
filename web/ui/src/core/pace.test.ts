import { describe, expect, test } from "vitest";

import { Pace } from "./pace.ts";

/** Returns how often a stream is rendered per second, and the share of time that this takes. */
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
  test("starts at once", () => {
    expect(new Pace().wait(1_000)).toBe(0);
    expect(new Pace().wait(0)).toBe(0);
  });

  test("uses every third frame if rendering is quick", () => {
    const { perSecond } = stream(4);
    expect(perSecond).toBeGreaterThan(19);
    expect(perSecond).toBeLessThan(21);
  });

  test("leaves most of the time for other work if rendering is slow", () => {
    for (const took of [20, 40, 90]) expect(stream(took).share).toBeLessThan(0.3);
  });

  test("never waits for long", () => {
    const pace = new Pace();
    pace.drew(0, 5_000); // the machine was suspended
    expect(pace.wait(5_000)).toBeLessThanOrEqual(400);
    expect(pace.wait(5_400)).toBe(0);
  });
});
