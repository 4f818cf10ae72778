import { isDeepStrictEqual } from "node:util";

import { describe, expect, test } from "vitest";

import { ann, approval, dice, olga, Story, type Dice } from "./fixtures.ts";
import { load, loadBefore, opening, type Loaded } from "./join.ts";
import { apply, fold, type Timeline } from "./timeline.ts";
import type { SessionEvent } from "./wire.ts";

/** A session as the server could tell it: anything may come between anything, but one turn runs at a time. */
function randomStory(d: Dice, length: number): SessionEvent[] {
  const story = new Story().add("shared_session_created", { session: {} } as never);
  const pending: string[] = [];
  const queue: string[] = [];
  const asked: string[] = [];
  let running: string | null = null;
  let next = 1;
  const chunk = (kind: string) =>
    story.update({
      sessionUpdate: kind,
      content: { type: "text", text: `${next++} ` },
      ...(d.below(3) === 0 && { messageId: `m${d.below(3)}` }),
    });
  // Few ids, so that they come again in other turns.
  const call = () => ({ toolCallId: `t${d.below(4)}`, ...(d.below(2) && { title: `T${next++}` }) });
  const status = () => ({ status: d.one(["pending", "in_progress", "completed", "failed"]) });
  const agent = [
    () => chunk("agent_message_chunk"),
    () => chunk("agent_message_chunk"),
    () => chunk("agent_message_chunk"),
    () => chunk(d.one(["agent_thought_chunk", "user_message_chunk"])),
    () => story.update({ sessionUpdate: "tool_call", ...call(), ...status() }),
    () => story.update({ sessionUpdate: "tool_call_update", ...call(), ...status() }),
    () => story.update({ sessionUpdate: "plan", entries: [{ content: `P${next++}` }] }),
    () => story.notify(d.one(["_a", "_b"]), { n: next++ }),
    () => story.update({ sessionUpdate: "usage_update", used: next++, size: 100 }),
    () => story.update({ sessionUpdate: "session_info_update", title: `S${next++}` }),
    () => story.update({ sessionUpdate: "available_commands_update", availableCommands: [] }),
    () => {
      asked.push(`q${next}`);
      story.add("permission_requested", {
        requestId: `q${next++}`,
        toolCall: d.below(4) ? call() : {},
        options: [],
      });
    },
  ];
  const take = (list: string[]) => list.splice(d.below(list.length), 1)[0]!;
  const people = [
    () => story.chat(`C${next++}`, d.one([ann, olga])),
    () => story.chat(`C${next++}`, d.one([ann, olga])),
    () => story.add("participant_joined", { participant: ann }),
    () => story.add("agent_status", { status: d.one(["idle", "exited"]) } as never),
    () => {
      pending.push(`a${next}`);
      story.add("prompt_pending_approval", { approval: approval(`a${next++}`), participant: ann });
    },
    () => {
      const own = { participantId: "olga", prompt: `O${next}` };
      queue.push(`a${next}`);
      story.add("prompt_approved", { approval: approval(`a${next++}`, own), participant: olga });
    },
    () => {
      if (pending.length === 0) return;
      const id = take(pending);
      const edited = approval(id, { prompt: `E${next++}` });
      if (d.below(4)) {
        queue.push(id);
        story.add("prompt_approved", { approval: edited, participant: olga });
      } else story.add("prompt_rejected", { approval: edited, participant: olga });
    },
    () => {
      const list = d.below(2) ? pending : queue;
      if (list.length === 0) return;
      const approvalId = take(list);
      story.add("prompt_cancelled", { approvalId, participant: ann });
      if (d.below(2)) story.chat(`C${next++}`);
      story.add("prompt_dispatch_failed", { approvalId, error: d.one(["cancelled", "ended"]) });
    },
    () => {
      if (asked.length === 0) return;
      const requestId = take(asked);
      if (d.below(3) === 0) story.add("permission_withdrawn", { requestId });
      else
        story.add("permission_resolved", {
          requestId,
          optionId: "once",
          outcome: "selected",
          source: "participant",
          participant: olga,
        });
    },
    () => queue.length > 0 && story.add("prompt_queued", { approvalId: d.one(queue), ahead: 1 }),
  ];
  const turn = () => {
    if (running === null) {
      if (queue.length === 0) return;
      story.starts((running = queue.shift()!));
      return;
    }
    if (d.below(4) === 0) story.add("prompt_cancelled", { approvalId: running, participant: olga });
    if (d.below(3)) story.ends(running, d.one(["end_turn", "cancelled"]));
    else story.add("prompt_dispatch_failed", { approvalId: running, error: "it crashed" });
    running = null;
  };
  // Some sessions are all talk, others all work.
  const [work, talk, turns] = [d.below(12), 1 + d.below(6), d.below(3)];
  while (story.events.length < length) {
    const n = d.below(work + talk + turns);
    const idle = running === null && d.below(5) > 0;
    if (n < work) idle ? turn() : d.one(agent)();
    else if (n < work + talk) d.one(people)();
    else turn();
  }
  return story.events;
}

/** What it comes to if everything is folded in one go. */
const whole = ({ events, timeline }: Loaded) => fold(timeline.first, events);

// To compare for equality alone is many times faster.
function same(got: Timeline, wanted: Timeline, where: string): void {
  if (!isDeepStrictEqual(got, wanted)) expect(got, where).toEqual(wanted);
}

describe("older pages", () => {
  test("come to the same as everything in one go, wherever pages begin and end", () => {
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

  test("fit what has happened since", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const d = dice(seed);
      const all = randomStory(d, 60 + d.below(100));
      let [from, to] = [all.length >> 1, all.length >> 1];
      let loaded = load([]);
      while (from > 0 || to < all.length) {
        const [before, after] = [Math.max(0, from - d.below(30)), to + d.below(30)];
        const events = [...loaded.events, ...all.slice(to, after)];
        loaded = { events, timeline: apply(loaded.timeline, all.slice(to, after)) };
        loaded = loadBefore(loaded, all.slice(before, from));
        [from, to] = [before, Math.min(after, all.length)];
      }
      same(loaded.timeline, fold(null, all), `seed ${seed}`);
    }
  });

  test("leave the rows of later turns as they are", () => {
    const story = new Story();
    for (const id of ["a1", "a2", "a3"]) story.turn(id).says("Hello").says(" there").ends(id);
    const cut = story.events.length - 8;
    const loaded = load(story.events.slice(cut));
    const more = loadBefore(loaded, story.events.slice(0, cut));
    const last = loaded.timeline.items.slice(-3);
    expect(more.timeline.items.slice(-3).every((row, i) => row === last[i])).toBe(true);
  });
});

describe("what the first events tell of before", () => {
  const { events } = new Story().turn().says("Hi").says("!").ends();
  test.each([
    ["a turn that ends was running", 4, "a1"],
    ["before a turn that starts there was none", 1, null],
    ["words of the agent alone tell nothing", 5, "a1"],
  ])("%s", (_, from, running) => expect(opening(events.slice(from)).running).toBe(running));

  test("nothing, where neither is there", () => {
    expect(opening(events.slice(3, 5)).running).toBeUndefined();
    expect(load(events.slice(3, 5), "a1").timeline.items).toMatchObject([{ turn: "a1" }]);
  });
});
