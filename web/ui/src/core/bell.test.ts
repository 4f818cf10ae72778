import { describe, expect, test } from "vitest";

import type { Participant } from "parley-client";

import { Bell, oneLine, readChoice, type Ring } from "./bell.ts";
import { ann, approval, olga, Story, welcome } from "./fixtures.ts";
import { enter } from "./room.ts";
import { take } from "./roomHistory.ts";

const cleo: Participant = { ...ann, id: "cleo", userId: "cleo", displayName: "Cleo" };

/** Returns what a user is notified of by the last events of a story, after the earlier ones. */
function told(who: Participant, story: Story, known = 0, decides = who.role === "host"): Ring[] {
  const participants = [olga, ann, cleo];
  const room = enter(
    welcome({ participant: who, participants, recent: story.events.slice(0, known) }),
  );
  const bell = new Bell(room);
  const news = story.events.slice(known);
  return bell.take(take(room, news), news, decides);
}
const texts = (rings: readonly Ring[]) => rings.map((r) => r.text);
const kinds = (rings: readonly Ring[]) => rings.map((r) => r.kind);

const proposes = () =>
  new Story().add("prompt_pending_approval", { approval: approval("a1"), participant: ann });

describe("a user who decides is notified", () => {
  test("of a proposal, without its text", () => {
    expect(told(olga, proposes())).toEqual([
      { kind: "waiting", tag: "a1", text: "“Ann” proposes a prompt" },
    ]);
  });

  test("of a question of the agent", () => {
    const story = proposes().add("permission_requested", permission);
    expect(texts(told(olga, story, 1))).toEqual(["The agent asks for permission"]);
  });

  test("of nothing that was decided before the page learned of it", () => {
    const story = new Story()
      .turn()
      .add("permission_requested", permission)
      .add("permission_withdrawn", { requestId: "r1" });
    expect(kinds(told(olga, story))).toEqual([]);
  });

  test("of what already waits on entering", () => {
    const room = enter(
      welcome({ participant: olga, approvals: [approval("a1")], permissions: [permission] }),
    );
    expect(texts(new Bell(room).first(room, true))).toEqual([
      "“Ann” proposes a prompt",
      "The agent asks for permission",
    ]);
    expect(new Bell(room).first(room, false)).toEqual([]);
  });
});

const permission = { requestId: "r1", toolCall: {}, options: [] };

describe("the author of a proposal is notified", () => {
  test.each([
    [{ status: "approved" as const }, "“Olga” approved your prompt"],
    [
      { status: "approved" as const, prompt: "Add two", originalPrompt: "Add a test" },
      "“Olga” changed your prompt and approved it",
    ],
  ])("that it was approved: %o", (change, text) => {
    const story = proposes().add("prompt_approved", {
      approval: approval("a1", change),
      participant: olga,
    });
    expect(told(ann, story, 1)).toEqual([{ kind: "decided", tag: "a1", text }]);
    expect(told(cleo, story, 1), "and nobody else").toEqual([]);
    expect(told(olga, story, 1)).toEqual([]);
  });

  test("that it was rejected, but not that the author withdrew it", () => {
    const rejected = (participant: Participant) =>
      proposes().add("prompt_rejected", {
        approval: approval("a1", { status: "rejected", reason: "A secret" }),
        participant,
      });
    expect(texts(told(ann, rejected(olga), 1))).toEqual(["“Olga” rejected your prompt"]);
    expect(told(ann, rejected(ann), 1)).toEqual([]);
  });

  test("that the agent waits for an answer in the author's turn", () => {
    const story = new Story().turn().add("permission_requested", permission);
    expect(texts(told(ann, story, 3))).toEqual(["The agent asks for permission; the host answers"]);
    expect(told(cleo, story, 3)).toEqual([]);
  });
});

describe("the end of a turn", () => {
  const turn = () => new Story().turn().ends();

  test("is the own turn of those who started or approved it", () => {
    expect(told(ann, turn(), 3)).toEqual([
      { kind: "ownTurn", tag: "turn a1", text: "The agent is done with your prompt" },
    ]);
    expect(told(olga, turn(), 3)).toEqual([
      { kind: "ownTurn", tag: "turn a1", text: "The agent is done with “Ann”'s prompt" },
    ]);
    expect(told(cleo, turn(), 3)).toEqual([
      { kind: "anyTurn", tag: "turn", text: "The agent is done with “Ann”'s prompt" },
    ]);
  });

  test("is announced for a prompt that is no longer known", () => {
    expect(texts(told(ann, new Story().ends("gone")))).toEqual(["The agent is done with a prompt"]);
  });

  test("says how it ended", () => {
    const cancelled = new Story().turn().ends("a1", "cancelled");
    expect(texts(told(ann, cancelled, 3))).toEqual(["Your prompt was cancelled"]);
    const failed = new Story()
      .turn()
      .add("prompt_dispatch_failed", { approvalId: "a1", error: "A secret" });
    expect(texts(told(olga, failed, 3))).toEqual(["“Ann”'s prompt has failed"]);
  });
});

describe("a mention", () => {
  test("notifies the mentioned person, without the message", () => {
    const story = new Story().chat("@Cleo look at the secret");
    expect(told(cleo, story)).toEqual([
      { kind: "mention", tag: "mention", text: "“Ann” mentions you" },
    ]);
    expect(told(olga, story)).toEqual([]);
    expect(told(ann, new Story().chat("@Ann that is me")), "not by oneself").toEqual([]);
  });

  test("by a hundred messages notifies only a few times, each in place of the last", () => {
    const story = new Story();
    for (let n = 0; n < 100; n++) story.chat("@Cleo");
    const rings = told(cleo, story);
    expect(rings.length).toBeLessThanOrEqual(5);
    expect(new Set(rings.map((r) => r.tag)).size).toBe(1);
  });
});

test("no notification contains hidden characters, line ends or long names", () => {
  const displayName = `A\u202e\u200b\n${"n".repeat(200)}`;
  const story = new Story().chat("@Cleo", { ...ann, displayName });
  const [text = ""] = texts(told(cleo, story));
  expect(text).toMatch(/^“A⟨U\+202E⟩⟨U\+200B⟩ n+…” mentions you$/);
  expect(text.length).toBeLessThan(100);
  expect(oneLine("👩".repeat(100), 3)).toBe("👩👩👩…");
});

test("a name cannot close its quotation marks and pass for another notification", () => {
  const names = ["Olga” approved it “", 'Olga" approved it "', "Olga’’ approved '' it"];
  for (const displayName of names) {
    const [text = ""] = texts(told(cleo, new Story().chat("@Cleo", { ...ann, displayName })));
    expect(text).toMatch(/^“Olga' [^"“”’]*” mentions you$/);
    expect(text).not.toContain("''");
  }
});

test("a choice is read from anything that was stored", () => {
  expect(readChoice(null).mention).toBe(true);
  expect(readChoice("on").anyTurn).toBe(false);
  expect(readChoice({ mention: false, anyTurn: true, ownTurn: "no", other: true })).toEqual({
    waiting: true,
    decided: true,
    mention: false,
    ownTurn: true,
    anyTurn: true,
  });
});
