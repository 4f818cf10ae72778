import { describe, expect, test } from "vitest";

import { checkDraft, composerAct, targetOf } from "./composing.ts";
import type { Rights } from "./rights.ts";

const press = (key: string, more = {}) => ({
  key,
  repeat: false,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  keyCode: key === "Enter" ? 13 : 0,
  ...more,
});
const desk = { touch: false, mayPrompt: true, replying: false };
const phone = { ...desk, touch: true };

describe("a key in the composer", () => {
  test.each([
    ["Enter sends", press("Enter"), desk, "send"],
    ["Shift+Enter starts a new line", press("Enter", { shiftKey: true }), desk, null],
    ["Enter starts a new line on a touch screen", press("Enter"), phone, null],
    ["Ctrl+Enter sends on a touch screen", press("Enter", { ctrlKey: true }), phone, "send"],
    ["Cmd+Enter sends", press("Enter", { metaKey: true, shiftKey: true }), desk, "send"],
    ["a held Enter sends once", press("Enter", { repeat: true }), desk, "nothing"],
    ["an Enter of an input method is left alone", press("Enter", { keyCode: 229 }), desk, null],
    ["Ctrl+. changes the target", press(".", { ctrlKey: true }), desk, "switchTarget"],
    ["a full stop is a full stop", press("."), desk, null],
    ["Escape drops the reply", press("Escape"), { ...desk, replying: true }, "dropReply"],
    ["Escape does nothing without a reply", press("Escape"), desk, null],
  ])("%s", (_, key, where, act) => expect(composerAct(key, where)).toBe(act));

  test("changes no target without the right to prompt", () => {
    const key = press(".", { ctrlKey: true });
    expect(composerAct(key, { ...desk, mayPrompt: false })).toBeNull();
  });
});

describe("the target", () => {
  const rights = (host: boolean, prompt: Rights["prompt"]): Rights => ({
    host,
    talk: true,
    prompt,
  });
  test.each([
    ["is the agent for the host at first", null, rights(true, "direct"), false, "prompt"],
    ["is people for a guest at first", null, rights(false, "propose"), false, "chat"],
    ["is what the user has chosen", "prompt", rights(false, "propose"), false, "prompt"],
    ["is people without the right to prompt", "prompt", rights(false, "no"), false, "chat"],
    ["is people in a reply", "prompt", rights(true, "direct"), true, "chat"],
  ] as const)("%s", (_, chosen, r, replying, target) =>
    expect(targetOf(chosen, r, replying)).toBe(target),
  );
});

describe("a draft", () => {
  const room = { hasRoomFor: () => true };
  test("may be sent up to its limit in bytes", () => {
    expect(checkDraft("äöü", 6, room)).toMatchObject({ over: 0, maySend: true });
    expect(checkDraft("äöü!", 6, room)).toMatchObject({ over: 1, maySend: false });
  });

  test("may not be sent without any text", () => {
    expect(checkDraft(" \n ", 6, room)).toMatchObject({ trimmed: "", full: false, maySend: false });
  });

  test("may not be sent when too much waits", () => {
    const full = { hasRoomFor: () => false };
    expect(checkDraft("hi", 6, full)).toMatchObject({ full: true, maySend: false });
    expect(checkDraft("", 6, full).full).toBe(false);
  });
});
