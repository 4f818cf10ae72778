import { beforeEach, describe, expect, test } from "vitest";

import { TypingNotice } from "./typing.ts";

describe("the typing notice", () => {
  let notice: TypingNotice;
  beforeEach(() => {
    notice = new TypingNotice();
  });

  test("is sent with the first key, and again after three seconds of typing", () => {
    const sent = [0, 1, 2_999, 3_000, 4_000, 6_000].filter((at) => notice.shouldSend(true, at));
    expect(sent).toEqual([0, 3_000, 6_000]);
  });

  test("is taken back once, and only after it was sent", () => {
    expect(notice.shouldSend(false, 0)).toBe(false);
    notice.shouldSend(true, 1);
    expect([notice.shouldSend(false, 2), notice.shouldSend(false, 3)]).toEqual([true, false]);
  });

  test("is sent at once when the user types again", () => {
    notice.shouldSend(true, 0);
    notice.shouldSend(false, 1);
    expect(notice.shouldSend(true, 2)).toBe(true);
  });
});
