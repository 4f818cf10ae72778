import { describe, expect, test } from "vitest";

import { ann, approval, olga, session, Story, welcome } from "../core/fixtures.ts";
import { rightsOf } from "../core/rights.ts";
import { enter, type Room } from "../core/room.ts";
import { t } from "../texts.ts";
import { announcementOf, isQuiet, mayStopTurn, messageIn, whyNoWriting } from "./roomView.ts";

const roomOf = (story: Story, me = olga, change: Partial<Room> = {}): Room => ({
  ...enter(welcome({ participant: me, recent: story.events })),
  ...change,
});
const mayStop = (room: Room) => mayStopTurn(room, rightsOf(room.session, room.me));

describe("stopping a turn", () => {
  const running = new Story().turn("a1").says("Working");
  test.each([
    ["the host may", olga, true],
    ["the author of its prompt may", ann, true],
    ["another guest may not", { ...ann, id: "ben" }, false],
  ])("%s", (_, me, may) => expect(mayStop(roomOf(running, me))).toBe(may));

  test("nobody may when none runs", () => {
    expect(mayStop(roomOf(new Story().turn("a1").ends("a1")))).toBe(false);
  });

  test("only the host may when its prompt is not loaded", () => {
    const story = new Story().turn("a1").says("Working");
    story.events.splice(0, story.events.length - 1);
    const approvals = [approval("a1", { status: "approved" })];
    const room = (me: typeof ann) =>
      enter(welcome({ participant: me, recent: story.events, approvals }));
    expect([mayStop(room(olga)), mayStop(room(ann))]).toEqual([true, false]);
  });
});

describe("what screen readers read out", () => {
  test("is what others write", () => {
    expect(announcementOf(roomOf(new Story().chat("Hello", ann)))).toBe("Ann: Hello");
  });

  test("is nothing after what the user wrote", () => {
    expect(announcementOf(roomOf(new Story().chat("Hi", ann).chat("Hello", olga)))).toBe("");
  });
});

describe("a user cannot write because", () => {
  const closed = { ...session, status: "closed" as const };
  test.each([
    [
      "the session has ended",
      roomOf(new Story(), ann, { session: closed }),
      t.composer.ended(false),
    ],
    ["the user only reads", roomOf(new Story(), ann, { readOnly: true }), t.composer.reading],
    ["the user is a viewer", roomOf(new Story(), { ...ann, role: "viewer" }), t.composer.viewer],
    ["the mode allows no writing", roomOf(new Story(), ann), t.composer.viewOnly],
  ])("%s", (_, room, why) => expect(whyNoWriting(room, false)).toBe(why));

  test("the connection is closed", () => {
    expect(whyNoWriting(roomOf(new Story(), ann), true)).toBe(t.composer.ended(false));
  });
});

test("a room is quiet until something is said", () => {
  expect(isQuiet(roomOf(new Story(), olga, { more: false }))).toBe(true);
  expect(isQuiet(roomOf(new Story().chat("Hi"), olga, { more: false }))).toBe(false);
  expect(isQuiet(roomOf(new Story(), olga, { more: true }))).toBe(false);
});

test("a message is found as long as it is loaded", () => {
  const room = roomOf(new Story().chat("Hi"));
  const row = room.timeline.items.find((r) => r.type === "chat");
  expect(row?.type === "chat" && messageIn(room, row.message.id)?.text).toBe("Hi");
  expect(messageIn(room, "other")).toBeNull();
});
