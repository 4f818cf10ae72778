import { describe, expect, it, test } from "vitest";

import { ann, approval, olga, Story } from "./story.js";
import type { Item } from "../../src/view/items.js";
import { completed } from "../../src/view/merge.js";
import { apply, emptyTimeline } from "../../src/view/timeline.js";
import { ownTurn } from "../../src/view/turns.js";
import type { SessionEvent } from "../../src/view/wire.js";

const fold = (story: Story) => apply(emptyTimeline, story.events);
const types = (items: readonly Item[]) => items.map((i) => i.type);

function only<Type extends Item["type"]>(
  items: readonly Item[],
  type: Type,
): Extract<Item, { type: Type }> {
  const found = items.filter((i) => i.type === type);
  expect(found).toHaveLength(1);
  return found[0] as Extract<Item, { type: Type }>;
}

describe("messages of the agent", () => {
  test("parts become one message", () => {
    const said = only(fold(new Story().turn().says("Hel").says("lo ").says("all")).items, "say");
    expect(said.blocks).toEqual([{ type: "text", text: "Hello all" }]);
    expect(said.open).toBe(true);
  });

  test("another message id starts another message", () => {
    const { items } = fold(new Story().turn().says("One", "1").says(" more", "1").says("Two", "2"));
    expect(items.filter((i) => i.type === "say").map((i) => i.blocks[0])).toEqual([
      { type: "text", text: "One more" },
      { type: "text", text: "Two" },
    ]);
  });

  test("a thought, a tool call or a plan ends a message", () => {
    const story = new Story()
      .turn()
      .says("a")
      .update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "hm" } })
      .says("b")
      .update({ sessionUpdate: "tool_call", toolCallId: "t", title: "ls" })
      .says("c");
    const { items } = fold(story);
    expect(types(items)).toEqual(["prompt", "say", "say", "say", "tool", "say"]);
    expect(items.filter((i) => i.type === "say").map((i) => i.open)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test("people's messages do not split it", () => {
    const { items } = fold(new Story().turn().says("Wait ").chat("Nice!").says("for it"));
    expect(types(items)).toEqual(["prompt", "say", "chat"]);
    expect(only(items, "say").blocks).toEqual([{ type: "text", text: "Wait for it" }]);
  });

  test("the end of a turn ends the message, and the next turn starts another", () => {
    const { items } = fold(new Story().turn().says("one").ends().turn("a2").says("two").ends("a2"));
    expect(items.filter((i) => i.type === "say").map((i) => [i.turn, i.open])).toEqual([
      ["a1", false],
      ["a2", false],
    ]);
  });

  test("pictures stand beside the text", () => {
    const story = new Story()
      .turn()
      .says("See")
      .update({
        sessionUpdate: "agent_message_chunk",
        content: { type: "image", mimeType: "image/png", data: "AAAA" },
      });
    expect(only(fold(story).items, "say").blocks.map((b) => b.type)).toEqual(["text", "image"]);
  });
});

describe("tool calls", () => {
  const call = (fields: object) => ({
    sessionUpdate: "tool_call",
    toolCallId: "t1",
    title: "Edit",
    kind: "edit",
    status: "pending",
    ...fields,
  });
  const change = (fields: object) => ({
    sessionUpdate: "tool_call_update",
    toolCallId: "t1",
    ...fields,
  });

  it("are updated in place, and record how long they took", () => {
    const story = new Story()
      .turn()
      .update(call({ rawInput: { path: "a" } }))
      .update(change({ status: "in_progress" }))
      .update(
        change({
          status: "completed",
          content: [{ type: "diff", path: "a", oldText: "x", newText: "y" }],
        }),
      );
    const tool = only(fold(story).items, "tool");
    expect(tool).toMatchObject({
      title: "Edit",
      kind: "edit",
      status: "completed",
      input: { path: "a" },
    });
    expect(tool.content).toEqual([{ type: "diff", path: "a", oldText: "x", newText: "y" }]);
    expect(tool.endedAt! - tool.at).toBe(2_000);
  });

  it("keep what an update omits, or has as null or empty", () => {
    const story = new Story()
      .turn()
      .update(
        call({
          content: [{ type: "content", content: { type: "text", text: "out" } }],
          locations: [{ path: "/a" }],
        }),
      )
      .update(change({ title: null, content: [], locations: [], kind: null, status: "completed" }));
    expect(only(fold(story).items, "tool")).toMatchObject({
      title: "Edit",
      kind: "edit",
      places: [{ path: "/a", line: null }],
      content: [{ type: "block" }],
    });
  });

  it("that run at the same time are kept apart", () => {
    const story = new Story()
      .turn()
      .update(call({}))
      .update({ ...call({}), toolCallId: "t2", title: "Read" })
      .update(change({ status: "failed" }));
    expect(
      fold(story)
        .items.filter((i) => i.type === "tool")
        .map((i) => [i.title, i.status]),
    ).toEqual([
      ["Edit", "failed"],
      ["Read", "pending"],
    ]);
  });

  it("of another turn are separate, even if the agent reuses the id", () => {
    const story = new Story()
      .turn()
      .update(call({}))
      .ends()
      .turn("a2")
      .update(call({ title: "Again" }));
    expect(
      fold(story)
        .items.filter((i) => i.type === "tool")
        .map((i) => i.title),
    ).toEqual(["Edit", "Again"]);
  });

  it("that never end are unfinished when their turn ends", () => {
    const story = new Story()
      .turn()
      .update(call({}))
      .update(change({ status: "in_progress" }))
      .ends();
    expect(only(fold(story).items, "tool").status).toBe("unfinished");
  });

  it("can start with an update", () => {
    expect(
      only(fold(new Story().turn().update(change({ title: "Late" }))).items, "tool").title,
    ).toBe("Late");
  });
});

describe("prompts and turns", () => {
  test("a prompt records who proposed, edited and approved it", () => {
    const story = new Story()
      .add("prompt_pending_approval", { approval: approval("a1"), participant: ann })
      .add("prompt_approved", {
        approval: approval("a1", { prompt: "Better", originalPrompt: "Add a test" }),
        participant: olga,
      })
      .starts();
    const prompt = only(fold(story).items, "prompt");
    expect(prompt).toMatchObject({ state: "running", author: ann, decidedBy: olga });
    expect(prompt.approval).toMatchObject({ prompt: "Better", originalPrompt: "Add a test" });
  });

  test("a prompt without approval is decided by its author", () => {
    const story = new Story().add("prompt_approved", {
      approval: approval("a1"),
      participant: ann,
    });
    expect(only(fold(story).items, "prompt")).toMatchObject({
      author: ann,
      decidedBy: ann,
      state: "approved",
    });
  });

  test("a turn that starts later has a row where it starts", () => {
    const story = new Story()
      .add("prompt_pending_approval", { approval: approval("a1"), participant: ann })
      .chat("Shall we?", olga)
      .starts();
    expect(types(fold(story).items)).toEqual(["prompt", "chat", "turn-start"]);
    expect(only(fold(story).items, "turn-start").prompt).toBe("Add a test");
  });

  test("a rejected prompt keeps its reason", () => {
    const story = new Story()
      .add("prompt_pending_approval", { approval: approval("a1"), participant: ann })
      .add("prompt_rejected", {
        approval: approval("a1", { status: "rejected", reason: "Not now" }),
        participant: olga,
      });
    expect(only(fold(story).items, "prompt")).toMatchObject({
      state: "rejected",
      decidedBy: olga,
      approval: { reason: "Not now" },
    });
  });

  test("a queued prompt tells how many are ahead of it", () => {
    const story = new Story()
      .add("prompt_approved", { approval: approval("a1"), participant: ann })
      .add("prompt_queued", { approvalId: "a1", ahead: 2 });
    expect(only(fold(story).items, "prompt")).toMatchObject({ state: "queued", ahead: 2 });
  });

  test("the end of a turn tells how long it took", () => {
    const t = fold(new Story().turn().says("Hi").says("!").ends());
    expect(only(t.items, "turn-end")).toMatchObject({
      state: "done",
      detail: "end_turn",
      took: 3_000,
    });
    expect(t.running).toBeNull();
  });

  test("a cancelled turn is not a failure", () => {
    const story = new Story()
      .turn()
      .add("prompt_cancelled", { approvalId: "a1", participant: ann })
      .add("prompt_dispatch_failed", { approvalId: "a1", error: "cancelled" });
    expect(only(fold(story).items, "turn-end").state).toBe("cancelled");
    expect(only(fold(story).items, "prompt")).toMatchObject({
      state: "cancelled",
      cancelledBy: ann,
    });
  });

  test("a failed turn tells why", () => {
    const story = new Story()
      .turn()
      .add("prompt_dispatch_failed", { approvalId: "a1", error: "it crashed" });
    expect(only(fold(story).items, "turn-end")).toMatchObject({
      state: "failed",
      detail: "it crashed",
    });
  });
});

test("messages and proposals during a turn belong to it", () => {
  const story = new Story()
    .chat("Before")
    .turn()
    .chat("During")
    .add("prompt_pending_approval", { approval: approval("a2"), participant: ann })
    .ends()
    .chat("After");
  const of = (items: readonly Item[]) => items.flatMap((i) => ("during" in i ? [i.during] : []));
  expect(of(fold(story).items)).toEqual([null, null, "a1", "a1", null]);
});

describe("plans", () => {
  const plan = (...statuses: string[]) => ({
    sessionUpdate: "plan",
    entries: statuses.map((status, i) => ({ content: `Step ${i}`, status })),
  });

  it("are updated in place within a turn", () => {
    const t = fold(
      new Story()
        .turn()
        .update(plan("in_progress", "pending"))
        .says("x")
        .update(plan("completed", "in_progress")),
    );
    expect(only(t.items, "plan").entries.map((e) => e.status)).toEqual([
      "completed",
      "in_progress",
    ]);
    expect(t.plan).toHaveLength(2);
  });

  it("of another turn are separate", () => {
    const t = fold(
      new Story().turn().update(plan("completed")).ends().turn("a2").update(plan("pending")),
    );
    expect(t.items.filter((i) => i.type === "plan")).toHaveLength(2);
  });
});

describe("display terminals", () => {
  const running = () =>
    new Story().turn().update({
      sessionUpdate: "tool_call",
      toolCallId: "t1",
      title: "make test",
      kind: "execute",
      status: "in_progress",
      content: [{ type: "terminal", terminalId: "t1" }],
      _meta: { terminal_info: { cwd: "/src", terminal_id: "t1" } },
    });
  const news = (story: Story, _meta: object) =>
    story.update({ sessionUpdate: "tool_call_update", toolCallId: "t1", _meta });
  const terminals = (story: Story) => only(fold(story).items, "tool").terminals;

  test.each(["terminal_output_delta", "terminal_output"])("%s is appended", (name) => {
    const story = running();
    news(story, { [name]: { data: "one\n", terminal_id: "t1" } });
    news(story, { [name]: { data: "two\n", terminal_id: "t1" } });
    news(story, { terminal_exit: { exit_code: 2, signal: null, terminal_id: "t1" } });
    expect(terminals(story)).toEqual([
      {
        id: "t1",
        command: null,
        cwd: "/src",
        output: "one\ntwo\n",
        dropped: 0,
        rest: "",
        exit: { code: 2, signal: null },
        canStop: false,
      },
    ]);
    expect(types(fold(story).items), "in the row of their call").toEqual(["prompt", "tool"]);
  });

  test("only the newest output of a busy terminal is kept", () => {
    const story = running();
    const piece = "x".repeat(400_000);
    for (let i = 0; i < 10; i++)
      news(story, { terminal_output_delta: { data: `${i}${piece}`, terminal_id: "t1" } });
    const [t] = terminals(story);
    expect(t!.output.length).toBeLessThanOrEqual(2_000_000);
    expect(t!.output.length + t!.dropped).toBe(10 * 400_001);
    expect(t!.output).toContain("9x");
  });

  test("malformed metadata changes nothing", () => {
    const story = running();
    for (const v of [null, 7, "x", [], {}, { data: 7 }, { exit_code: "2" }])
      news(story, { terminal_info: v, terminal_output: v, terminal_output_delta: v });
    expect(terminals(story).map((t) => t.output)).toEqual([""]);
  });
});

describe("work without a prompt", () => {
  test("it is a turn of its own", () => {
    const story = new Story().turn().says("a").ends().add("agent_turn_started", {}).says("b");
    expect(fold(story).running).toBe(ownTurn);
    story.add("agent_turn_cancelled", { participant: olga });
    story.add("agent_turn_ended", { stopReason: "cancelled", error: "cancelled" });
    const { items, running } = fold(story);
    expect(running).toBeNull();
    expect(types(items).slice(2)).toEqual(["turn-end", "turn-start", "say", "notice", "turn-end"]);
    expect(items.at(-1)).toMatchObject({ approvalId: ownTurn, state: "cancelled" });
    expect(items.filter((i) => i.type === "say").map((i) => i.turn)).toEqual(["a1", ownTurn]);
  });

  test("it can fail, and its calls then have no result", () => {
    const story = new Story().add("agent_turn_started", {});
    story.update({ sessionUpdate: "tool_call", toolCallId: "t", title: "ls" });
    const { items } = fold(story.add("agent_turn_ended", { error: "the agent ended" }));
    expect(only(items, "tool").status).toBe("unfinished");
    expect(only(items, "turn-end")).toMatchObject({ state: "failed", detail: "the agent ended" });
  });
});

describe("what can be stopped", () => {
  const cancel = { capabilities: { cancel: {} } };

  test("a tool call offers it until an update withdraws that", () => {
    const story = new Story().turn();
    story.update({ sessionUpdate: "tool_call_update", toolCallId: "t", title: "ls", ...cancel });
    story.update({ sessionUpdate: "tool_call_update", toolCallId: "t", status: "in_progress" });
    expect(only(fold(story).items, "tool").canStop).toBe(true);
    story.update({ sessionUpdate: "tool_call_update", toolCallId: "t", capabilities: null });
    expect(only(fold(story).items, "tool").canStop).toBe(false);
  });

  test("so does a terminal", () => {
    const story = new Story().turn();
    story.update({ sessionUpdate: "terminal_update", terminalId: "x", ...cancel });
    expect(only(fold(story).items, "terminal").terminal.canStop).toBe(true);
  });
});

describe("permissions", () => {
  test("a question of version 2 has a title and a description", () => {
    const asked = { requestId: "q", toolCall: { toolCallId: "" }, options: [] };
    const texts = { title: "Run it?", description: "It takes a minute." };
    const story = new Story().turn().add("permission_requested", { ...asked, ...texts } as never);
    const row = only(fold(story).items, "permission");
    expect(row).toMatchObject({ ...texts, toolId: null });
    expect(fold(story).items.some((i) => i.type === "tool")).toBe(false);
  });

  const diff = { type: "diff", path: "a.go", oldText: "a", newText: "b" };
  const question = (story: Story, toolCall: object) =>
    story.add("permission_requested", { requestId: "q9", toolCall, options: [] } as never);

  test("a question shows its tool call as it was when asked", () => {
    const story = new Story().turn().update({
      sessionUpdate: "tool_call",
      toolCallId: "t1",
      title: "bash",
      kind: "execute",
      rawInput: { command: "make" },
    });
    question(story, { toolCallId: "t1" });
    story.update({
      sessionUpdate: "tool_call_update",
      toolCallId: "t1",
      title: "Something else",
      rawInput: { command: "rm -rf /" },
    });
    expect(only(fold(story).items, "permission").call).toEqual({
      title: "bash",
      kind: "execute",
      content: [],
      places: [],
      input: { command: "make" },
    });
  });

  test("a question is completed by later updates until it is answered", () => {
    const story = question(new Story().turn(), { toolCallId: "t1", title: "Edit a.go" });
    const update = { sessionUpdate: "tool_call_update", toolCallId: "t1" };
    story.update({ ...update, content: [diff] });
    story.add("permission_withdrawn", { requestId: "q9" });
    story.update({ ...update, rawInput: { late: true } });
    expect(only(fold(story).items, "permission").call).toMatchObject({
      title: "Edit a.go",
      content: [diff],
      input: undefined,
    });
  });

  test("the call of a question is the same object until it is completed", () => {
    const asked = { title: "Edit a.go", kind: "other", content: [], places: [], input: undefined };
    const same = (more: object) => completed(asked, { ...asked, ...more });
    expect(same({ title: "Another", content: [], places: [] })).toBe(asked);
    expect(same({ input: 7 })).not.toBe(asked);
  });

  test("the diff of a question stays in the card of its call", () => {
    const story = question(new Story().turn(), { toolCallId: "t1", content: [diff] });
    story.update({
      sessionUpdate: "tool_call_update",
      toolCallId: "t1",
      status: "completed",
      content: [{ type: "content", content: { type: "text", text: "written" } }],
    });
    expect(only(fold(story).items, "tool").content.map((c) => c.type)).toEqual(["diff", "block"]);
    const newer = { ...diff, newText: "c" };
    story.update({ sessionUpdate: "tool_call_update", toolCallId: "t1", content: [newer] });
    expect(only(fold(story).items, "tool").content, "another diff takes its place").toEqual([
      newer,
    ]);
  });

  const options = [
    { optionId: "always", name: "Always", kind: "allow_always" },
    { optionId: "once", name: "Once", kind: "allow_once" },
  ];
  const ask = (story: Story) =>
    story.add("permission_requested", {
      requestId: "q1",
      toolCall: { toolCallId: "t1", title: "rm -r build", kind: "execute" },
      options,
    });

  test("a question can be the first event of its tool call", () => {
    const { items } = fold(ask(new Story().turn()));
    expect(types(items)).toEqual(["prompt", "tool", "permission"]);
    expect(only(items, "tool").title).toBe("rm -r build");
  });

  test("options stay in the agent's order", () => {
    expect(
      only(fold(ask(new Story().turn())).items, "permission").options.map((o) => o.id),
    ).toEqual(["always", "once"]);
  });

  test("the row tells who answered", () => {
    const story = ask(new Story().turn()).add("permission_resolved", {
      requestId: "q1",
      optionId: "once",
      outcome: "selected",
      source: "participant",
      participant: olga,
    });
    expect(only(fold(story).items, "permission")).toMatchObject({
      state: "selected",
      optionId: "once",
      answeredBy: olga,
    });
  });

  test("a withdrawn question is no longer open", () => {
    expect(
      only(
        fold(ask(new Story().turn()).add("permission_withdrawn", { requestId: "q1" })).items,
        "permission",
      ).state,
    ).toBe("withdrawn");
  });
});

describe("unknown input", () => {
  test("unknown updates are kept, and equal kinds grouped", () => {
    const story = new Story()
      .turn()
      .update({ sessionUpdate: "brand_new", x: 1 })
      .update({ sessionUpdate: "brand_new", x: 2 })
      .notify("session/brand_new", { x: null });
    const { items } = fold(story);
    expect(items.filter((i) => i.type === "other").map((i) => [i.name, i.raw.length])).toEqual([
      ["brand_new", 2],
      ["session/brand_new", 1],
    ]);
  });

  test("updates that are not for people make no rows", () => {
    const story = new Story()
      .turn()
      .notify("_auth/status_update", { authStatus: { kind: "api_key" } })
      .update({ sessionUpdate: "_vendor_thing", x: 1 })
      .update({ sessionUpdate: "session_info_update", _meta: { codex: { threadStatus: "idle" } } })
      .update({ sessionUpdate: "session_info_update", title: null })
      .update({ sessionUpdate: "usage_update", _meta: { tokens: 1 } })
      .update({ sessionUpdate: "tool_call_update", toolCallId: "t9", _meta: { vendor: {} } });
    expect(types(fold(story).items)).toEqual(["prompt"]);
  });

  test("an event of an unknown type is shown by its name", () => {
    const e = {
      type: "newer",
      cursor: "c9",
      sharedSessionId: "s1",
      timestamp: "2026-03-01T10:00:00Z",
      payload: { a: 1 },
    } as SessionEvent;
    expect(apply(emptyTimeline, [e]).items[0]).toMatchObject({
      type: "notice",
      notice: { what: "unknown", name: "newer", raw: { a: 1 } },
    });
  });

  test("malformed updates break nothing", () => {
    for (const notification of [
      null,
      7,
      "x",
      [],
      {},
      { method: "session/update" },
      { method: "session/update", params: { update: { sessionUpdate: "plan", entries: 3 } } },
    ]) {
      const story = new Story().add("host_session_update", { notification });
      expect(types(fold(story).items)).toEqual(["other"]);
    }
  });

  test("names of Object's properties are not kinds", () => {
    expect(
      types(fold(new Story().update({ sessionUpdate: "constructor", content: {} })).items),
    ).toEqual(["other"]);
  });
});

test("people who join and leave one after the other are one notice, but for removals", () => {
  const story = new Story()
    .add("participant_joined", { participant: ann })
    .add("participant_joined", { participant: olga })
    .add("participant_left", { participant: ann })
    .chat("hello", olga)
    .add("participant_joined", { participant: ann })
    .add("participant_left", { participant: ann, removedBy: olga.id });
  const told = fold(story).items.flatMap((r) => (r.type === "notice" ? [r.notice] : []));
  expect(told).toEqual([
    {
      what: "people",
      moves: [
        { who: ann, joined: true },
        { who: olga, joined: true },
        { who: ann, joined: false },
      ],
    },
    { what: "joined", who: ann },
    { what: "left", who: ann, removed: true, reason: null },
  ]);
});

test("a notice about people tells of at most a hundred", () => {
  const story = new Story();
  for (let i = 0; i < 101; i++) story.add("participant_joined", { participant: ann });
  expect(fold(story).items.length).toBe(2);
});

test("usage, commands and options make no rows", () => {
  const story = new Story()
    .update({ sessionUpdate: "usage_update", used: 10, size: 100 })
    .update({ sessionUpdate: "available_commands_update", availableCommands: [{ name: "help" }] })
    .update({ sessionUpdate: "config_option_update", configOptions: [] })
    .add("agent_updated", { sessionTitle: "Fix it" });
  expect(fold(story).items).toEqual([]);
});

test("a change of the agent's mode makes a notice", () => {
  const { items } = fold(
    new Story().update({ sessionUpdate: "current_mode_update", currentModeId: "auto" }),
  );
  expect(items).toMatchObject([{ notice: { what: "agentMode", mode: "auto" } }]);
});

test("unchanged rows stay the same objects", () => {
  const before = fold(new Story().turn().says("Hi").chat("Hello"));
  const after = apply(before, new Story().chat("More").events);
  expect(after.items.slice(0, 3).every((row, i) => row === before.items[i])).toBe(true);
});

test("folding events one by one or all at once gives the same timeline", () => {
  const { events } = new Story().turn().says("a").says("b").chat("c").ends();
  const oneByOne = events.reduce((t, e) => apply(t, [e]), emptyTimeline);
  expect(oneByOne).toEqual(apply(emptyTimeline, events));
});

test("fifty thousand events become three rows per turn", () => {
  const story = new Story();
  for (let turn = 0; turn < 500; turn++) {
    story.turn(`a${turn}`);
    for (let i = 0; i < 95; i++) story.says("word ");
    story.ends(`a${turn}`);
  }
  expect(fold(story).items).toHaveLength(1_500);
});
