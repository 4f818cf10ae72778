import { beforeEach, describe, expect, test } from "vitest";

import { Stick } from "./stick.ts";

const height = { scrollHeight: 5_000, clientHeight: 500 };
const end = { scrollTop: 4_500, ...height };
const middle = { scrollTop: 2_000, ...height };
const nearEnd = { scrollTop: 4_421, ...height };

describe("a list at its end", () => {
  let stick: Stick;
  beforeEach(() => {
    stick = new Stick();
    stick.attach(4_500);
  });

  test("stays there when growth or new measurements move it", () => {
    stick.scroll(middle, 10_000);
    expect(stick.isStuck()).toBe(true);
  });

  test.each([
    ["within a second of a wheel event", 10_999, false],
    ["but not by what moves it later", 11_000, true],
  ])("is let go by scrolling up %s", (_, at, stuck) => {
    stick.touch(10_000, false);
    stick.scroll(middle, at);
    expect(stick.isStuck()).toBe(stuck);
  });

  test("is let go by dragging for as long as the button is down", () => {
    stick.touch(0, true);
    stick.scroll(middle, 60_000);
    expect(stick.isStuck()).toBe(false);
    stick.toEnd();
    stick.letGo();
    stick.attach(4_500);
    stick.scroll(middle, 60_000);
    expect(stick.isStuck()).toBe(true);
  });

  test("is not let go by scrolling down, nor by less than 80 pixels", () => {
    stick.attach(1_000);
    stick.touch(0, false);
    stick.scroll(middle, 1);
    stick.scroll(nearEnd, 2);
    expect(stick.isStuck()).toBe(true);
  });

  test("forgets the wheel when it is sent to the end", () => {
    stick.touch(0, false);
    stick.toEnd();
    stick.scroll(middle, 10);
    expect(stick.isStuck()).toBe(true);
  });
});

describe("a list that was let go", () => {
  let stick: Stick;
  let changes: number;
  beforeEach(() => {
    stick = new Stick();
    stick.attach(4_500);
    stick.touch(0, false);
    stick.scroll(middle, 1);
    changes = 0;
    stick.subscribe(() => changes++);
  });

  test("sticks again at its end, and says so once", () => {
    stick.scroll(end, 10_000);
    stick.scroll(end, 10_001);
    expect([stick.isStuck(), changes]).toEqual([true, 1]);
  });

  test("does not stick to the end of a stretch of the past", () => {
    stick.setLive(false);
    stick.scroll(end, 10_000);
    expect([stick.isStuck(), changes]).toEqual([false, 0]);
  });
});

describe("a list that scrolls to a card", () => {
  let stick: Stick;
  beforeEach(() => {
    stick = new Stick();
    stick.attach(0);
    stick.seek();
  });

  test("may pass its end without staying there", () => {
    stick.scroll(end, 1);
    expect(stick.isStuck()).toBe(false);
  });

  test.each([
    ["sticks if the card is at the end", end, true, true],
    ["stays where it is if the card is further up", middle, true, false],
    ["stays where it is in the past", end, false, false],
    ["stays where it is without a list", null, true, false],
  ])("%s", (_, position, live, stuck) => {
    stick.setLive(live);
    stick.endSeek(position);
    expect(stick.isStuck()).toBe(stuck);
  });
});
