import { isDeepStrictEqual } from "node:util";

import { describe, expect, test } from "vitest";

import { olga, Story, welcome } from "./fixtures.ts";
import { dice, randomStory } from "./fixtures.ts";
import { load, loadAfter, loadBefore, type Loaded } from "parley-client/view";
import { enter, shownOf, type Room } from "./room.ts";
import { append, prepend, take, toNewest } from "./roomHistory.ts";
import { fold, type Timeline } from "parley-client/view";
import { bounds, isOver, withoutNewest, withoutOldest } from "parley-client/view";
import type { SessionEvent } from "./wire.ts";

const few = { events: 40, size: 1e9 };

/** Returns what people see of a timeline. */
function seen({ cut: _, carried: __, facts: ___, ...rest }: Timeline) {
  return rest;
}

function expectSame(got: Timeline, wanted: Timeline, where: string): void {
  if (!isDeepStrictEqual(seen(got), seen(wanted))) expect(seen(got), where).toEqual(seen(wanted));
}

/** Ends a story, so that nothing in it is open. */
function ended(story: SessionEvent[], running: string | null): SessionEvent[] {
  const end = new Story();
  end.events.push(...(story as typeof end.events));
  for (const e of story)
    if (e.type === "permission_requested")
      end.add("permission_withdrawn", {
        requestId: (e.payload as { requestId: string }).requestId,
      });
  if (running !== null) end.ends(running);
  return end.events;
}

describe("a stretch of history", () => {
  test("that is dropped and loaded again is the same", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const d = dice(seed);
      const story = randomStory(d, 60 + d.below(200));
      const all = ended(story, fold(null, story).running);
      let loaded = load([]);
      for (let at = 0; at < all.length;) {
        const to = at + 1 + d.below(30);
        loaded = loadAfter(loaded, all.slice(at, to));
        at = to;
        if (isOver(loaded, few)) loaded = withoutOldest(loaded, few);
        expect(isOver(loaded, few), `seed ${seed}`).toBe(false);
        if (d.below(6) === 0) {
          const from = all.indexOf(loaded.events[0]!);
          loaded = loadBefore(loaded, all.slice(Math.max(0, from - d.below(20)), from));
        }
      }
      for (let from = all.indexOf(loaded.events[0]!); from > 0;) {
        const before = Math.max(0, from - 1 - d.below(40));
        loaded = loadBefore(loaded, all.slice(before, from));
        from = before;
      }
      expectSame(loaded.timeline, fold(null, all), `seed ${seed}`);
    }
  });

  test("is also bounded in bytes", () => {
    const story = new Story();
    for (let i = 0; i < 20; i++) story.chat("x".repeat(1_000));
    const loaded = withoutOldest(load(story.events), { events: 1_000, size: 10_000 });
    expect(loaded.events.length).toBeLessThan(8);
    expect(loaded.size).toBe(load(loaded.events).size);
    const other = withoutNewest(load(story.events), { events: 1_000, size: 10_000 });
    expect(other.events).toEqual(story.events.slice(0, other.events.length));
    expect(other.size).toBe(load(other.events).size);
  });

  test("that consists of one huge event is kept", () => {
    const loaded = load(new Story().chat("x".repeat(1_000_000)).events);
    expect(withoutOldest(loaded, { events: 10, size: 1_000 }).events).toHaveLength(1);
    expect(isOver(loaded, { events: 10, size: 1_000 })).toBe(false);
  });

  test("keeps the objects of its remaining rows", () => {
    const story = new Story().turn();
    for (let i = 0; i < 60; i++) story.says("Word.", `m${i}`);
    const before = load(story.events);
    const after = withoutOldest(before, few);
    expect(after.timeline.items).toHaveLength(30);
    expect(after.timeline.items.every((row) => before.timeline.items.includes(row))).toBe(true);
  });
});

describe("unsettled rows whose first events are dropped", () => {
  const options = [{ optionId: "once", name: "Allow", kind: "allow_once" }];
  const call = { toolCallId: "t1", title: "Run the tests", rawInput: { command: "make test" } };
  const words = (story: Story) => {
    for (let i = 0; i < 60; i++) story.says("Word.", `m${i}`);
    return story;
  };
  const short = (story: Story) => withoutOldest(load(story.events), few);
  const then = (story: Story, f: (story: Story) => Story) => {
    const known = story.events.length;
    return loadAfter(short(story), f(story).events.slice(known)).timeline;
  };

  test("a question shows everything that was told about its call", () => {
    const story = words(new Story().turn().update({ sessionUpdate: "tool_call", ...call }));
    const { items } = then(story, (s) =>
      s.add("permission_requested", { requestId: "q1", toolCall: { toolCallId: "t1" }, options }),
    );
    expect(items.at(-1)).toMatchObject({
      type: "permission",
      call: { title: "Run the tests", input: { command: "make test" } },
    });
    expect(items.at(-2), "and its call has a row again").toMatchObject({ type: "tool", id: "t1" });
  });

  test("an open question is completed by later updates until it is answered", () => {
    const asked = new Story()
      .turn()
      .add("permission_requested", { requestId: "q1", toolCall: { toolCallId: "t1" }, options });
    const story = words(asked);
    const told = then(story, (s) => s.update({ sessionUpdate: "tool_call_update", ...call }));
    expect(told.carried).toContainEqual(
      expect.objectContaining({
        type: "permission",
        call: expect.objectContaining({ title: "Run the tests" }) as unknown,
      }),
    );
    const answered = then(story, (s) =>
      s.add("permission_resolved", {
        requestId: "q1",
        optionId: "once",
        outcome: "selected",
        source: "participant",
        participant: olga,
      }),
    );
    expect(answered.carried.some((r) => r.type === "permission")).toBe(false);
  });

  test("a tool call keeps its row and the output of its terminal", () => {
    const output = (data: string) => ({
      sessionUpdate: "tool_call_update",
      toolCallId: "t1",
      _meta: { terminal_output_delta: { data, terminal_id: "sh" } },
    });
    const story = words(
      new Story()
        .turn()
        .update({ sessionUpdate: "tool_call", ...call })
        .update(output("one ")),
    );
    const first = load(story.events).timeline.items.find((r) => r.type === "tool")!;
    const timeline = then(story, (s) => s.update(output("two")));
    const [row, ...others] = timeline.items.filter((r) => r.type === "tool");
    expect(others).toEqual([]);
    expect(row).toMatchObject({ key: first.key, title: "Run the tests" });
    expect(row).toMatchObject({ terminals: [{ output: "one two" }] });
  });

  test("a turn keeps its prompt and who cancelled it", () => {
    const { items } = then(words(new Story().turn()), (s) =>
      s.add("prompt_cancelled", { approvalId: "a1", participant: olga }).ends("a1", "cancelled"),
    );
    expect(items.at(-1)).toMatchObject({ type: "turn-end", state: "cancelled", cancelledBy: olga });
    expect(items.at(-1)).toMatchObject({ took: 62_000 });
  });

  test("a turn keeps how it ended when dropped events are loaded again", () => {
    const story = words(new Story().turn()).ends().chat("after");
    const { events } = story;
    const end = (loaded: Loaded) => loaded.timeline.items.find((r) => r.type === "turn-end");
    const dropped = short(story);
    const from = events.indexOf(dropped.events[0]! as never);
    expect(end(loadBefore(dropped, events.slice(from - 5, from)))).toEqual(end(load(events)));
    expect(end(dropped)).toMatchObject({ took: 61_000 });
  });

  test("a message keeps its key when its beginning is dropped", () => {
    const story = new Story().turn();
    for (let i = 0; i < 100; i++) story.says(`${i} `);
    const before = load(story.events).timeline.items.at(-1)!;
    const dropped = short(story);
    const after = dropped.timeline.items;
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ key: before.key, open: true });
    expect(after[0]).toMatchObject({
      blocks: [
        {
          text: expect.stringMatching(/^70 71 .* 99 $/) as unknown,
          from: "0 1 2 3 4 5 6 7 8 9 ".length + 60 * "10 ".length,
        },
      ],
    });
    const known = story.events.length;
    for (let i = 0; i < 30; i++) story.says("more ");
    const [row] = withoutOldest(loadAfter(dropped, story.events.slice(known)), few).timeline.items;
    expect(row?.type === "say" && row.blocks).toMatchObject([{ from: 20 + 90 * 3 }]);
  });

  test("tool calls that never end are dropped in the end", () => {
    const story = new Story().turn();
    for (let i = 0; i < 1_000; i++)
      story.update({ sessionUpdate: "tool_call", toolCallId: `t${i}` });
    expect(short(story).timeline.carried).toHaveLength(256);
  });
});

test("a session of fifty thousand events stays within the memory bounds", () => {
  const story = new Story().turn();
  for (let i = 0; story.events.length < 50_000; i++) {
    const toolCallId = `t${i}`;
    story.says("Word. ").update({ sessionUpdate: "tool_call", toolCallId, status: "pending" });
    story.update({ sessionUpdate: "tool_call_update", toolCallId, status: "completed" });
    if (i % 1_000 === 0) story.ends().turn();
  }
  let room = enter(welcome());
  let greatest = 0;
  for (let at = 0; at < story.events.length; at += 100) {
    const before = room.timeline.items;
    room = take(room, story.events.slice(at, at + 100));
    const { items, strays, carried } = room.timeline;
    greatest = Math.max(greatest, room.events.length, items.length, strays.length, carried.length);
    const known = new Set(before);
    const made = items.filter((row) => !known.has(row)).length;
    expect(made, "a burst makes no more rows than it has events").toBeLessThanOrEqual(100);
  }
  expect(greatest).toBeLessThanOrEqual(bounds.events);
});

describe("a user who has scrolled up", () => {
  const story = new Story();
  for (let i = 1; i <= 200; i++) story.chat(`Number ${i}`);
  const all = story.events;
  const number = (e: SessionEvent | undefined) => Number(e?.cursor.slice(1));
  const span = (room: Room) => {
    const { events } = shownOf(room);
    return [number(events[0]), number(events.at(-1))];
  };
  const page = (from: number, to: number) => all.slice(from - 1, to);

  test("keeps seeing the past, while the newest events are kept within bounds", () => {
    let room = enter(welcome({ recent: page(1, 20) }));
    for (let i = 21; i <= 200; i++) {
      room = take(room, page(i, i), true, few);
      expect(room.events.length).toBeLessThanOrEqual(few.events);
    }
    expect(span(room)).toEqual([1, 41]);
    expect(span(toNewest(room))[1]).toBe(200);
    expect(toNewest(room).more).toBe(true);
  });

  test("loads older events at the cost of newer ones, and vice versa, up to the newest", () => {
    let room = enter(welcome({ recent: page(171, 200) }));
    room = prepend(room, page(141, 170), true, few);
    expect([span(room), room.past?.more]).toEqual([[141, 170], true]);
    room = prepend(room, page(111, 140), true, few);
    expect(span(room)).toEqual([111, 140]);
    expect(room.events.length, "what is newest stays").toBe(30);
    room = append(room, page(140, 165), few);
    expect([span(room), room.past?.more]).toEqual([[136, 165], true]);
    room = append(room, page(166, 180), few);
    expect(room.past, "it has reached what is newest").toBeNull();
    expect(span(room)).toEqual([171, 200]);
    expect(room.more).toBe(true);
  });

  test("misses no events meanwhile", () => {
    let room = prepend(enter(welcome({ recent: page(151, 180) })), page(111, 150), true, few);
    room = take(room, page(181, 190), true, few);
    room = append(room, page(141, 180), few);
    expect(room.past).toBeNull();
    expect(span(room)[1]).toBe(190);
    expectSame(room.timeline, load(room.events).timeline, "joined");
  });
});
