import { describe, expect, test } from "vitest";

import type { Participant } from "parley-client";

import { ann, approval, olga, session, Story, welcome } from "./fixtures.ts";
import { authorById, enter, inviteReplaced, withPeople, withPresence, withWhole } from "./room.ts";
import { startsTyping } from "./roomEvents.ts";
import { prepend, take } from "./roomHistory.ts";
import { itemsWithWaiting } from "./waiting.ts";
import { deciderOf, rightsOf } from "./rights.ts";

describe("a room", () => {
  test("begins with what the welcome says", () => {
    const room = enter(
      welcome({ approvals: [approval("a1"), approval("a2", { status: "approved" })] }),
    );
    expect(room.pending.map((a) => a.id)).toEqual(["a1"]);
    expect(room.people).toEqual([olga, ann]);
  });

  test("replaces a cut item by the complete one once, and shows a question without options until then", () => {
    const beginning = approval("a1", { prompt: "Add", truncated: true, wholeBytes: 10 });
    const name = { requestId: "q1", toolCall: { title: "Run" }, options: [] };
    const entered = enter(
      welcome({
        approvals: [beginning, approval("a2")],
        permissions: [{ ...name, truncated: true, wholeBytes: 9_000 }],
      }),
    );
    const rows = itemsWithWaiting(entered);
    expect(rows.map((r) => (r.type === "permission" ? r.cut : 0))).toEqual([0, 0, 9_000]);
    expect(rows[0]).toMatchObject({ approval: { truncated: true } });

    const options = [{ optionId: "yes", name: "Yes", kind: "allow_once" }];
    const asked = { ...name, toolCall: { title: "Run", rawInput: { command: "ls" } }, options };
    let room = withWhole(entered, { approval: approval("a1"), permission: null });
    room = withWhole(room, { approval: null, permission: asked });
    expect(room.pending).toEqual([approval("a1"), approval("a2")]);
    expect(itemsWithWaiting(room)[2]).toMatchObject({ cut: 0, options: [{ id: "yes" }] });
    expect(withWhole(room, { approval: approval("a9"), permission: null }).pending).toHaveLength(2);
  });

  test("has nothing that waits after it was closed, and no running turn", () => {
    const approvals = [approval("a1")];
    const closed = { ...session, status: "closed" as const };
    const room = enter(welcome({ session: closed, approvals, readOnly: true }));
    expect(room.pending).toEqual([]);
    expect(rightsOf(room.session, room.me, room.readOnly)).toEqual({
      host: false,
      talk: false,
      prompt: "no",
    });
    expect(rightsOf(session, olga, true).host, "a host who only reads").toBe(false);
  });

  test("knows who can decide, and when nobody can", () => {
    const left = { ...olga, leftAt: session.createdAt };
    const here = new Set(["olga"]);
    expect(deciderOf([olga, ann], here)).toEqual({ who: olga, is: "here" });
    expect(deciderOf([olga, ann], new Set())).toEqual({ who: olga, is: "away" });
    expect(deciderOf([left, ann], here)).toEqual({ who: left, is: "left" });
    expect(deciderOf([ann], here)).toBeNull();
  });

  test("counts guests who leave, and keeps those with a waiting prompt", () => {
    const left = (p: Participant): Participant => ({ ...p, leftAt: "2026-03-01T11:00:00Z" });
    const cem = { ...ann, id: "cem", userId: "cem" };
    const before = enter(
      welcome({ participants: [olga, ann, cem], left: 3, approvals: [approval("a1")] }),
    );
    const story = new Story()
      .add("participant_left", { participant: left(cem) })
      .add("participant_left", { participant: left(ann) })
      .add("participant_left", { participant: left(cem), removedBy: "olga" });
    const after = take(before, story.events);
    expect(after.people).toEqual([olga, left(ann)]);
    expect(after.left).toBe(5);
    expect(after.departures).toBe(3);
    const decided = new Story().add("prompt_rejected", {
      approval: approval("a1", { status: "rejected" }),
      participant: olga,
    });
    expect(take(after, decided.events).people).toEqual([olga]);
  });

  test("takes in participants who did not fit into the welcome, unless they have left", () => {
    const guest = (id: string, second: number): Participant => ({
      ...ann,
      id,
      userId: id,
      joinedAt: `2026-03-01T10:00:0${second}Z`,
    });
    const [bo, cem, dot, eve] = [guest("bo", 1), guest("cem", 2), guest("dot", 3), guest("eve", 4)];
    const ids = () => room.people.map((p) => p.id);
    const page = (participants: Participant[], more: boolean) => ({
      participants,
      more,
      removed: [],
    });
    let room = enter(welcome({ participants: [olga, ann, cem], peopleAfter: "ann", left: 7 }));
    const story = new Story();
    story.add("participant_joined", { participant: eve });
    const at = "2026-03-01T10:00:02.000000Z"; // of the next event
    story.add("participant_left", { participant: { ...dot, leftAt: at } });
    const before = { ...guest("flo", 0), leftAt: session.createdAt };
    story.add("participant_left", { participant: before, removedBy: "olga" });
    room = take(room, story.events);
    expect([ids(), room.left]).toEqual([["olga", "ann", "cem", "eve"], 8]);
    room = withPeople(room, page([bo, cem], true));
    expect(room.missing?.after).toBe("cem");
    room = withPeople(room, page([dot, eve], false));
    expect([ids(), room.missing]).toEqual([["olga", "ann", "bo", "cem", "eve"], null]);
    expect(withPeople(room, page([guest("gil", 5)], false))).toBe(room);
  });

  test("knows the authors of quoted messages after they have left", () => {
    const story = new Story()
      .chat("hello")
      .add("participant_left", { participant: { ...ann, leftAt: "2026-03-01T11:00:00Z" } });
    const room = take(enter(welcome({ participant: olga })), story.events);
    expect(room.people).toEqual([olga]);
    expect(authorById(room, "ann")?.id).toBe("ann");
    expect(authorById(room, "nobody")).toBeNull();
  });

  test("knows whether an invite was replaced since it was valid", () => {
    const story = new Story()
      .chat("before")
      .add("invite_rotated", { participant: olga })
      .chat("after");
    const room = enter(welcome({ recent: story.events }));
    const [before, , after] = story.events.map((e) => e.cursor);
    expect(inviteReplaced(room, before)).toBe(true);
    expect(inviteReplaced(room, after)).toBe(false);
    expect(inviteReplaced(room, "long before")).toBe(true);
    expect(inviteReplaced(enter(welcome()), undefined)).toBe(false);
  });

  test("keeps the invite that the host was given until it is replaced", () => {
    const told = { ...welcome().session, inviteToken: "inv" };
    const room = take(
      enter(welcome({ session: told })),
      new Story().add("session_updated", {
        session: { ...told, inviteToken: null },
        participant: olga,
      }).events,
    );
    expect(room.session.inviteToken).toBe("inv");
    const after = take(room, new Story().add("invite_rotated", { participant: olga }).events);
    expect(after.session.inviteToken).toBeNull();
  });

  test("knows the running turn even if it began before the first event", () => {
    const at = (minute: number) => `2026-03-01T10:0${minute}:00Z`;
    const approvals = [
      approval("late", { status: "approved", resolvedAt: at(3) }),
      approval("first", { status: "approved", resolvedAt: at(1) }),
      approval("open"),
    ];
    const said = new Story().add("participant_joined", { participant: ann });
    const room = enter(welcome({ approvals, recent: said.events }));
    expect(room.timeline.running).toBe("first");
    const done = new Story().add("prompt_dispatch_completed", { approvalId: "first" });
    expect(take(room, done.events).timeline.running).toBeNull();
  });

  test("knows that a prompt waits for a turn of another session", () => {
    const approvals = [approval("a1", { status: "approved" })];
    const queue = [{ approvalId: "a1", ahead: 1 }];
    expect(enter(welcome({ approvals, queue })).timeline.running).toBeNull();
  });

  test("has the prompts that wait for the agent, with their texts, until they begin", () => {
    const approvals = [approval("a1", { status: "approved" })];
    const queue = [{ approvalId: "a1", ahead: 0 }];
    const more = new Story()
      .add("prompt_approved", {
        approval: approval("a2", { status: "approved", prompt: "later" }),
        participant: olga,
      })
      .add("prompt_queued", { approvalId: "a2", ahead: 1 })
      .add("queue_changed", {
        queue: [
          { approvalId: "a2", ahead: 0 },
          { approvalId: "a1", ahead: 1 },
        ],
        participant: olga,
      });
    const room = take(enter(welcome({ approvals, queue })), more.events);
    expect(room.queue.map((q) => q.approvalId)).toEqual(["a2", "a1"]);
    expect(room.approved.map((a) => a.prompt)).toContain("later");
    const begun = new Story()
      .add("prompt_dispatch_started", { approvalId: "a2" })
      .add("prompt_dispatch_failed", { approvalId: "a1", error: "cancelled" });
    const after = take(room, begun.events);
    expect(after.queue).toEqual([]);
    expect(after.approved.map((a) => a.id)).toEqual(["a2"]);
  });

  test("knows what the agent waits for and since when it is silent, as long as that lasts", () => {
    const since = "2026-03-01T10:00:00Z";
    const told = (status: object) =>
      take(enter(welcome()), new Story().add("agent_status", status as never).events);
    expect(told({ status: "starting", detail: "fetching" }).agent.detail).toBe("fetching");
    const silent = told({ status: "idle", silentSince: since });
    expect(silent.agent.silentSince).toBe(since);
    expect(silent.timeline.items.filter((r) => r.type === "notice")).toEqual([]);
    const again = take(silent, new Story().add("agent_status", { status: "idle" }).events).agent;
    expect(again).not.toHaveProperty("silentSince");
    expect(enter(welcome({ agent: silent.agent })).agent.silentSince).toBe(since);
  });

  test("has notices about a forgetful agent, a failed start, stray output, and too much output", () => {
    const story = new Story()
      .add("agent_session", { continued: "loaded" })
      .add("agent_session", { continued: "resumed" })
      .add("agent_session", { continued: "new", reason: "no such session", recap: "> User:" })
      .add("agent_stray_output", { approvalId: null })
      .add("agent_slowed", { approvalId: null })
      .add("agent_status", { status: "exited", detail: "not signed in" });
    const { items } = take(enter(welcome()), story.events).timeline;
    expect(items.flatMap((r) => (r.type === "notice" ? [r.notice] : []))).toEqual([
      { what: "continues" },
      { what: "continues" },
      { what: "forgot", reason: "no such session", recap: "> User:" },
      { what: "stray" },
      { what: "slowed" },
      { what: "agent", status: "exited", detail: "not signed in" },
    ]);
  });

  test("counts the user as present in any case", () => {
    const alone = enter(welcome({ presence: [] }));
    expect([...alone.present]).toEqual(["ann"]);
    expect([...withPresence(alone, ["olga"]).present].sort()).toEqual(["ann", "olga"]);
  });

  test("knows what waits for the host", () => {
    const story = new Story()
      .add("prompt_pending_approval", { approval: approval("a1"), participant: ann })
      .add("prompt_pending_approval", { approval: approval("a2"), participant: ann })
      .add("prompt_rejected", { approval: approval("a1"), participant: olga })
      .add("permission_requested", { requestId: "q", toolCall: {}, options: [] });
    const room = take(enter(welcome()), story.events);
    expect(room.pending.map((a) => a.id)).toEqual(["a2"]);
    expect(room.permissions.map((p) => p.requestId)).toEqual(["q"]);
  });

  test("knows who left and who returned", () => {
    const gone = { ...ann, leftAt: "2026-03-01T11:00:00Z" };
    const left = take(
      enter(welcome({ participant: olga })),
      new Story().add("participant_left", { participant: gone }).events,
    );
    expect(left.people[1]?.leftAt).not.toBeNull();
    const back = take(left, new Story().add("participant_joined", { participant: ann }).events);
    expect(back.people).toEqual([olga, ann]);
  });

  test("keeps the user's token when the role changes", () => {
    const me = { ...ann, accessToken: "secret" };
    const viewer = { ...ann, role: "viewer" as const };
    const room = take(
      enter(welcome({ participant: me })),
      new Story().add("participant_updated", { participant: viewer }).events,
    );
    expect(room.me).toMatchObject({ role: "viewer", accessToken: "secret" });
  });

  test("has nobody typing after its end", () => {
    const open = enter(
      welcome({
        approvals: [approval("a1")],
        permissions: [{ requestId: "q", toolCall: {}, options: [] }],
      }),
    );
    const room = take(open, new Story().add("session_closed", { status: "closed" }).events);
    expect(room).toMatchObject({ pending: [], permissions: [], session: { status: "closed" } });
  });

  test("drops the typing state of a participant who has sent the message", () => {
    const room = startsTyping(enter(welcome({ participant: olga })), "ann");
    expect(room.typing.has("ann")).toBe(true);
    expect(take(room, new Story().chat("Here").events).typing.size).toBe(0);
  });

  test("joins a message whose beginning is loaded later", () => {
    const { events } = new Story().turn().says("Begin").says(", middle").says(", end");
    const room = enter(welcome({ recent: events.slice(4) }));
    const whole = prepend(room, events.slice(0, 4), false);
    expect(whole.timeline.items).toHaveLength(2);
    expect(whole.timeline.items[1]).toMatchObject({ blocks: [{ text: "Begin, middle, end" }] });
  });

  test("ignores events that it already has", () => {
    const { events } = new Story().chat("One").chat("Two");
    const room = prepend(enter(welcome({ recent: events })), events.slice(0, 1), false);
    expect(room.events).toHaveLength(2);
  });
});

describe("rights", () => {
  test.each([
    ["view_only", false, "no"],
    ["comment_only", true, "no"],
    ["prompt_with_approval", true, "propose"],
    ["prompt_direct", true, "direct"],
  ] as const)("a collaborator in mode %s", (mode, talk, prompt) => {
    expect(rightsOf({ ...session, mode }, ann)).toEqual({ host: false, talk, prompt });
  });

  test("the host may prompt in every mode, and a viewer in none", () => {
    expect(rightsOf({ ...session, mode: "view_only" }, olga)).toEqual({
      host: true,
      talk: true,
      prompt: "direct",
    });
    expect(rightsOf({ ...session, mode: "prompt_direct" }, { ...ann, role: "viewer" }).talk).toBe(
      false,
    );
  });

  test("nobody may prompt in a closed session", () => {
    expect(rightsOf({ ...session, status: "closed" }, olga)).toEqual({
      host: false,
      talk: false,
      prompt: "no",
    });
  });

  test("an unknown mode allows nothing", () => {
    expect(rightsOf({ ...session, mode: "newer" as never }, ann)).toEqual({
      host: false,
      talk: false,
      prompt: "no",
    });
  });

  test("knows that an invite was replaced after that event was dropped", () => {
    const story = new Story().chat("before").add("invite_rotated", { participant: olga });
    for (let i = 0; i < 50; i++) story.chat("after");
    const { events } = story;
    const room = take(enter(welcome()), events, false, { events: 20, size: 1e9 });
    expect(room.events.some((e) => e.type === "invite_rotated")).toBe(false);
    expect(inviteReplaced(room, events[0]!.cursor)).toBe(true);
    expect(inviteReplaced(room, events.at(-1)!.cursor)).toBe(false);
  });

  test("keeps the ids of the user's last texts, however many follow", () => {
    const story = new Story().chat("mine", ann, "m1").chat("another's", olga, "m2");
    let room = take(
      enter(welcome()),
      story.add("prompt_pending_approval", { approval: approval("a1"), participant: ann }).events,
    );
    expect(room.mine).toEqual(["m1", "a1"]);
    const more = new Story();
    for (let i = 0; i < 100; i++) more.chat("again", ann, `n${i}`);
    room = take(room, more.events, false, { events: 20, size: 1e9 });
    expect(room.mine).toHaveLength(64);
    expect(room.mine.at(-1)).toBe("n99");
  });
});
