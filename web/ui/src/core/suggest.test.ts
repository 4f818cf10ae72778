import { describe, expect, test } from "vitest";

import { accept, commandIn, maxSuggestions, suggestAct, suggestCommands } from "./suggest.ts";

const command = (name: string, hint = "") => ({ name, description: `about ${name}`, hint });
const commands = [
  command("plan", "what"),
  command("explain"),
  command("review"),
  command("rename"),
];
const names = (text: string, cursor = text.length) =>
  suggestCommands(text, cursor, commands)?.list.map((s) => s.name) ?? null;

describe("the agent's commands are suggested", () => {
  test("after a slash at the beginning of a prompt", () => {
    expect(names("/")).toEqual(["/plan", "/explain", "/review", "/rename"]);
    expect(names("/re")).toEqual(["/review", "/rename"]);
    expect(names("/RE")).toEqual(["/review", "/rename"]);
  });
  test("by any part of the name, those that begin with it first", () => {
    expect(names("/pla")).toEqual(["/plan", "/explain"]);
  });
  test("not elsewhere", () => {
    for (const text of ["", "plan", " /plan", "/nothing", "/tmp/x is full", "a\n/re"])
      expect(names(text), text).toBeNull();
    expect(names("/re", 0)).toBeNull();
  });
  test("not once the only one is complete", () => expect(names("/review")).toBeNull());

  test("in a bounded list, without names that cannot be typed", () => {
    const many = Array.from({ length: 200 }, (_, i) => command(`c${i}`));
    const odd = [command("with space"), command("hidden\u202e"), command("")];
    const found = suggestCommands("/", 1, [...odd, ...many]);
    expect(found?.list.length).toBe(maxSuggestions);
    expect(found?.more).toBe(200 - maxSuggestions);
    expect(found?.list[0]?.name).toBe("/c0");
  });
});

test("a suggestion replaces the word and leaves the rest", () => {
  const all = suggestCommands("/re the tests", 3, commands)!;
  const { text, cursor } = accept("/re the tests", all, all.list[0]!);
  expect(text).toBe("/review the tests");
  expect(cursor).toBe("/review ".length);
});

test("the command of a prompt is known while its argument is typed", () => {
  expect(commandIn("/plan a trip", commands)?.hint).toBe("what");
  expect(commandIn("/pla", commands)).toBeUndefined();
  expect(commandIn("plan", commands)).toBeUndefined();
});

describe("a key while suggestions are shown", () => {
  const key = (key: string, more = {}) => ({
    ...{ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false },
    ...{ isComposing: false, keyCode: 0 },
    ...more,
  });
  test.each([
    ["ArrowDown", {}, "next"],
    ["ArrowUp", {}, "previous"],
    ["Enter", {}, "accept"],
    ["Tab", {}, "accept"],
    ["Escape", {}, "close"],
    ["Tab", { shiftKey: true }, null],
    ["Enter", { ctrlKey: true }, null],
    ["Enter", { isComposing: true }, null],
    ["Enter", { keyCode: 229 }, null],
    ["ArrowDown", { isComposing: true }, null],
    ["a", {}, null],
  ])("%s %j: %s", (name, more, act) => expect(suggestAct(key(name, more))).toBe(act));
});
