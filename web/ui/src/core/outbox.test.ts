import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ComposedTexts } from "./composed.ts";
import type { Item } from "parley-client/view";
import {
  isWaiting,
  maxUnsent,
  Outbox,
  staleMs,
  withoutMade,
  withoutRow,
  type Unsent,
} from "./outbox.ts";
import type { KeptText } from "./tabStorage.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A text that outlives the page in a test. */
function kept(text: string | null = null): KeptText & { text: string | null } {
  const k = {
    text,
    read: () => k.text,
    write: (now: string | null) => void (k.text = now),
  };
  return k;
}

/** An outbox whose server answers when the test says so. */
function outbox(place = kept(), now = 1_000) {
  const sent: Unsent[] = [];
  const answers = new Map<string, { ok(id: string): void; fail(error: unknown): void }>();
  const box = new Outbox(
    place,
    {
      send: (u) => {
        sent.push(u);
        return new Promise((ok, fail) => answers.set(u.id, { ok, fail }));
      },
      why: (error) => (error === null ? "too old" : String(error)),
      isGoingAway: (error) => error === "going",
    },
    () => now,
  );
  return { box, place, sent, answers };
}

const chat = (key: string, text: string, author = "me") =>
  ({ type: "chat", key, author: { id: author }, message: { id: `id-${key}`, text } }) as Item;
const settled = () => vi.advanceTimersByTimeAsync(0);

test("unacknowledged texts are sent again after a reload, under their ids and in order", async () => {
  const first = outbox();
  first.box.add({ target: "chat", text: "one", replyTo: "M0" });
  first.box.add({ target: "prompt", text: "two" });
  first.box.add({ target: "prompt", text: "three", as: "proposal" });
  first.answers.get(first.sent[1]!.id)!.ok("A1");
  first.answers.get(first.sent[2]!.id)!.fail("going");
  await settled();
  const again = outbox(first.place);
  again.box.start();
  again.box.start();
  expect(again.sent).toEqual([first.sent[0], first.sent[2]]);
});

test("acknowledged texts are dropped, and refused ones kept until their author discards them", async () => {
  const { box, place, sent, answers } = outbox();
  box.add({ target: "chat", text: "fine" });
  box.add({ target: "chat", text: "no", after: "1" });
  answers.get(sent[0]!.id)!.ok("M1");
  answers.get(sent[1]!.id)!.fail("It is closed.");
  await vi.advanceTimersByTimeAsync(10_000);
  const refused = { ...sent[1]!, refused: "It is closed." };
  expect(box.snapshot()).toEqual([refused]);
  expect(isWaiting(refused)).toBe(false);
  const items = [chat("2", "no")];
  expect(withoutRow([refused], items, "me"), "it has no row").toEqual([refused]);

  const again = outbox(place);
  again.box.start();
  expect(again.sent).toEqual([]);
  expect(again.box.snapshot()).toEqual([refused]);
  again.box.discard(refused.id);
  expect(again.box.snapshot()).toEqual([]);
  expect(place.text).toBeNull();
});

test("a text that is being sent cannot be discarded", () => {
  const { box, sent } = outbox();
  box.add({ target: "chat", text: "on its way" });
  box.discard(sent[0]!.id);
  expect(box.snapshot()).toEqual(sent);
});

test("a text that has waited for an hour is refused", () => {
  const first = outbox();
  first.box.add({ target: "chat", text: "old" });
  const again = outbox(first.place, 1_000 + staleMs);
  again.box.start();
  expect(again.sent).toEqual([]);
  expect(again.box.snapshot()).toMatchObject([{ text: "old", refused: "too old" }]);
});

test("the outbox is bounded in number and in length", () => {
  const { box } = outbox();
  expect(box.hasRoomFor("x".repeat(600 * 1024)), "one alone").toBe(true);
  for (let i = 0; i < maxUnsent; i++) {
    expect(box.hasRoomFor("a")).toBe(true);
    box.add({ target: "chat", text: "a" });
  }
  expect(box.hasRoomFor("a")).toBe(false);
  const long = outbox().box;
  long.add({ target: "prompt", text: "x".repeat(256 * 1024) });
  long.add({ target: "prompt", text: "x".repeat(256 * 1024) });
  expect(long.hasRoomFor("x")).toBe(false);
});

test.each(["", "{", "7", "[7]", '[{"id":"a"}]', '[{"id":1,"target":"chat","text":"x","at":1}]'])(
  "a store that holds %j holds nothing",
  (text) => {
    const { box, sent } = outbox(kept(text));
    box.start();
    expect(sent).toEqual([]);
  },
);

const unsent = (id: string, text: string, more: Partial<Unsent> = {}): Unsent => ({
  id,
  target: "chat",
  text,
  at: 1,
  ...more,
});

test("a text is shown as unsent until it has its own row, and never twice", () => {
  const items = [chat("1", "ok"), chat("2", "ok", "other")];
  const again = unsent("a", "ok", { after: "1" });
  expect(withoutRow([again], items, "me"), "the same text from before is another").toEqual([again]);
  const now = [...items, chat("3", "ok")];
  expect(withoutRow([again], now, "me")).toEqual([]);
  const twice = [again, unsent("b", "ok", { after: "1" })];
  expect(withoutRow(twice, now, "me"), "one row is one message").toEqual([twice[1]]);
  const made = unsent("c", "as typed", { after: "1", madeId: "id-3" });
  expect(withoutRow([made], now, "me"), "the server may have changed the text").toEqual([]);
});

test("a draft survives a reload, and a text that is put back does not replace it", async () => {
  const place = kept();
  const texts = new ComposedTexts(place);
  texts.change({ chat: "half a", target: "chat" });
  texts.change({ chat: "half a sentence", prompt: "fix" });
  await vi.advanceTimersByTimeAsync(300);
  const written = { chat: "half a sentence", prompt: "fix", target: "chat" };
  expect(new ComposedTexts(place).snapshot()).toEqual(written);
  texts.putBack("prompt", "refused");
  texts.flush();
  expect(new ComposedTexts(place).snapshot()).toEqual({
    chat: "half a sentence",
    prompt: "refused\n\nfix",
    target: "prompt",
  });
  texts.change({ prompt: "x".repeat(600 * 1024) });
  texts.flush();
  expect(place.text, "no more is kept than fits").toBeNull();
});

test("a text is known to be delivered, with or without a row", () => {
  const [made, other] = [
    { id: "1", target: "chat", text: "a", at: 0, madeId: "m1" },
    { id: "2", target: "chat", text: "b", at: 0 },
  ] as const;
  const all = [made, other];
  expect(withoutMade(all, ["m1", "m2"])).toEqual([other]);
  expect(withoutMade(all, ["m2"])).toBe(all);
});

test("a text with attachments is sent again with them, and matched by the text that names them", async () => {
  const content = [{ type: "attachment" as const, id: "f", name: "a.png", size: 3 }];
  const first = outbox();
  first.box.add({ target: "chat", text: "", content });
  first.answers.get(first.sent[0]!.id)!.fail("going");
  await settled();
  const again = outbox(first.place);
  again.box.start();
  expect(again.sent[0]!.content).toEqual(content);
  const rows = [chat("1", "[Attachment 1: a.png, 3 bytes]")];
  expect(withoutRow(again.box.snapshot(), rows, "me")).toEqual([]);
  expect(withoutRow(again.box.snapshot(), [chat("1", "other")], "me")).toHaveLength(1);
});
