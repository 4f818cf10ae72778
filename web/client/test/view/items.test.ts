import { expect, test } from "vitest";

import { olga, Story } from "./story.js";
import { isFollowUp } from "../../src/view/items.js";
import { apply, emptyTimeline } from "../../src/view/timeline.js";

test("a message follows up on the author's message of the same minute", () => {
  const story = new Story().chat("one").chat("two").chat("three", olga).chat("four");
  const rows = apply(emptyTimeline, story.events).items;
  const later = rows.map((row) => ({ ...row, at: row.at + 60_000 }));
  expect(rows.map((row, i) => isFollowUp(rows[i - 1], row))).toEqual([false, true, false, false]);
  expect(isFollowUp(rows[0], later[1]!)).toBe(false);
});
