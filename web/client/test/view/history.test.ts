import { isDeepStrictEqual } from "node:util";

import { describe, expect, test } from "vitest";

import { Story } from "./story.js";
import { dice, randomStory } from "./randomStory.js";
import { load, loadAfter, loadBefore, type Loaded } from "../../src/view/history.js";
import { opening } from "../../src/view/opening.js";
import { fold, type Timeline } from "../../src/view/timeline.js";

/** Folds everything at once. */
const whole = ({ events, timeline }: Loaded) => fold(timeline.first, events);

// A plain comparison is many times faster.
function same(got: Timeline, wanted: Timeline, where: string): void {
  if (!isDeepStrictEqual(got, wanted)) expect(got, where).toEqual(wanted);
}

describe("older pages", () => {
  test("give the same timeline as folding everything at once, for all page boundaries", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const d = dice(seed);
      const all = randomStory(d, 20 + d.below(200));
      let from = all.length - d.below(Math.min(60, all.length));
      let loaded = load(all.slice(from));
      while (from > 0) {
        const before = Math.max(0, from - 1 - d.below(50));
        loaded = loadBefore(loaded, all.slice(before, from));
        from = before;
        same(loaded.timeline, whole(loaded), `seed ${seed} from ${from}`);
      }
      same(loaded.timeline, fold(null, all), `seed ${seed}`);
    }
  });

  test("give the same timeline when newer events arrive meanwhile", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const d = dice(seed);
      const all = randomStory(d, 60 + d.below(100));
      let [from, to] = [all.length >> 1, all.length >> 1];
      let loaded = load([]);
      while (from > 0 || to < all.length) {
        const [before, after] = [Math.max(0, from - d.below(30)), to + d.below(30)];
        loaded = loadAfter(loaded, all.slice(to, after));
        loaded = loadBefore(loaded, all.slice(before, from));
        [from, to] = [before, Math.min(after, all.length)];
      }
      same(loaded.timeline, fold(null, all), `seed ${seed}`);
    }
  });

  test("keep the row objects of later turns", () => {
    const story = new Story();
    for (const id of ["a1", "a2", "a3"]) story.turn(id).says("Hello").says(" there").ends(id);
    const cut = story.events.length - 8;
    const loaded = load(story.events.slice(cut));
    const more = loadBefore(loaded, story.events.slice(0, cut));
    const last = loaded.timeline.items.slice(-3);
    expect(more.timeline.items.slice(-3).every((row, i) => row === last[i])).toBe(true);
  });
});

describe("what the first events tell about the time before", () => {
  const { events } = new Story().turn().says("Hi").says("!").ends();
  test.each([
    ["a turn that ends was running", 4, "a1"],
    ["before a turn that starts there was none", 1, null],
    ["words of the agent alone tell nothing", 5, "a1"],
  ])("%s", (_, from, running) => expect(opening(events.slice(from)).running).toBe(running));

  test("nothing without the start or the end of a turn", () => {
    expect(opening(events.slice(3, 5)).running).toBeUndefined();
    expect(load(events.slice(3, 5), "a1").timeline.items).toMatchObject([{ turn: "a1" }]);
  });
});

test("a message does not depend on how its text is split", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const d = dice(seed);
    const parts = Array.from({ length: 1 + d.below(20) }, () => "añ𝄞 \n".slice(d.below(5)));
    const pieces = new Story().turn();
    for (const part of parts) pieces.says(part);
    const merged = new Story().turn().says(parts.join(""));
    const seen = (story: Story) =>
      fold(null, story.events).items.map((r) => (r.type === "say" ? { ...r, until: 0 } : r));
    expect(seen(pieces)).toEqual(seen(merged));
  }
});
