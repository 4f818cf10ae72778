import { describe, expect, test } from "vitest";

import { Guard, settleMs, type Frame } from "./guard.ts";

const middle = { x: 50, y: 150 };

/** A card of 100 × 100 pixels that is drawn every 20 ms. */
class Card {
  readonly guard = new Guard();
  private frame: Frame = {
    at: 0,
    left: 0,
    top: 100,
    right: 100,
    bottom: 200,
    scrolled: 500,
    length: 2_000,
    ownScrolls: 0,
  };

  change(change: Partial<Frame>): this {
    this.frame = { ...this.frame, ...change };
    return this;
  }

  move(by: number): this {
    const { top, bottom } = this.frame;
    return this.change({ top: top + by, bottom: bottom + by });
  }

  until(at: number): this {
    while (this.frame.at < at) {
      this.guard.draw(this.frame);
      this.change({ at: this.frame.at + 20 });
    }
    return this;
  }
}

describe("a card that has just appeared", () => {
  test("takes no decision", () => {
    const { guard } = new Card().until(settleMs - 40);
    expect(guard.allowsKey(settleMs - 50)).toBe(false);
    expect(guard.allowsPress(settleMs - 50, middle)).toBe(false);
  });

  test("takes a decision after it has been in sight for a while", () => {
    const { guard } = new Card().until(2_000);
    expect(guard.allowsKey(2_000)).toBe(true);
    expect(guard.allowsPress(2_000, middle)).toBe(true);
  });

  test("takes no decision from an event that precedes it, however late it is handled", () => {
    const card = new Card().change({ at: 9_000 });
    expect(card.guard.allowsKey(100), "nothing was drawn").toBe(false);
    card.until(9_500);
    expect(card.guard.allowsPress(8_000, middle)).toBe(false);
    expect(card.guard.allowsKey(8_000)).toBe(false);
  });

  test("takes a decision from an event that is slightly older than the newest frame", () => {
    const { guard } = new Card().until(9_000);
    expect(guard.allowsPress(8_950, middle)).toBe(true);
  });

  test("starts to wait anew when the page comes back into sight", () => {
    const card = new Card().until(5_000);
    card.guard.restart();
    expect(card.guard.allowsKey(5_001)).toBe(false);
    card.until(5_400);
    expect(card.guard.allowsPress(5_400, middle)).toBe(false);
    card.until(6_000);
    expect(card.guard.allowsPress(6_000, middle)).toBe(true);
  });
});

describe("a press", () => {
  test("does not count where something else was a moment ago", () => {
    const card = new Card().until(2_000).move(200).until(2_100);
    expect(card.guard.allowsPress(2_100, { x: 50, y: 350 })).toBe(false);
    expect(card.guard.allowsKey(2_100), "a key does not go by the place").toBe(true);
    card.until(3_000);
    expect(card.guard.allowsPress(3_000, { x: 50, y: 350 })).toBe(true);
  });

  test("counts where the card has been the whole time, even if it moves", () => {
    const card = new Card().until(2_000).move(-30).until(2_100).move(-30).until(2_200);
    expect(card.guard.allowsPress(2_200, { x: 50, y: 120 })).toBe(true);
    expect(card.guard.allowsPress(2_200, { x: 50, y: 60 })).toBe(false);
  });

  test("does not count outside of the card", () => {
    const { guard } = new Card().until(2_000);
    expect(guard.allowsPress(2_000, { x: 50, y: 250 })).toBe(false);
  });

  test("does not count when the buttons have changed their places", () => {
    const card = new Card().until(2_000);
    card.guard.rearrange();
    card.until(2_300);
    expect(card.guard.allowsPress(2_300, middle)).toBe(false);
    expect(card.guard.allowsKey(2_300)).toBe(true);
  });

  test("does not count when the card has grown", () => {
    const card = new Card().until(2_000).change({ bottom: 260 }).until(2_200);
    expect(card.guard.allowsPress(2_200, middle)).toBe(false);
  });
});

describe("scrolling", () => {
  test("by the user makes a press count at once", () => {
    const card = new Card().until(2_000).move(200).change({ scrolled: 300 }).until(2_060);
    expect(card.guard.allowsPress(2_060, { x: 50, y: 350 })).toBe(true);
  });

  const others: [string, Partial<Frame>][] = [
    ["by the page", { scrolled: 300, ownScrolls: 1 }],
    ["because the list has become shorter", { scrolled: 300, length: 1_800 }],
    ["by less than the card has moved", { scrolled: 400 }],
  ];
  test.each(others)("%s does not", (_, change) => {
    const card = new Card().until(2_000).move(200).change(change).until(2_060);
    expect(card.guard.allowsPress(2_060, { x: 50, y: 350 })).toBe(false);
  });
});
