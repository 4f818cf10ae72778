import { describe, expect, test } from "vitest";

import { ann, Story } from "./fixtures.ts";
import { apply, emptyTimeline } from "parley-client/view";
import { firstUnread, unreadCount } from "./unread.ts";

describe("unread", () => {
  const { items } = apply(
    emptyTimeline,
    new Story().chat("a").chat("b", ann, "m2").add("participant_joined", { participant: ann })
      .events,
  );

  test("starts after the last seen row", () => {
    expect(firstUnread(items, items[0]!.key, "olga")).toBe(1);
    expect(unreadCount(items, items[0]!.key, "olga")).toBe(1);
  });

  test("does not count the user's own rows, nor joins and leaves", () => {
    expect(firstUnread(items, items[0]!.key, "ann")).toBe(-1);
    expect(firstUnread(items, items[1]!.key, "olga")).toBe(-1);
  });

  test("is nothing on a first visit", () => {
    expect(firstUnread(items, null, "olga")).toBe(-1);
  });
});
