import { describe, expect, test } from "vitest";

import {
  accept,
  commandIn,
  fileWordAt,
  linksIn,
  maxSuggestions,
  suggestAct,
  suggestCommands,
  suggestFiles,
} from "./suggest.ts";

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

describe("the names of files", () => {
  test.each([
    ["look at @src/ma", "src/ma", 8],
    ["@", "", 0],
    ["a\n@x", "x", 2],
    ['read @"my file', "my file", 5],
  ])("are completed in %j", (text, query, from) => {
    expect(fileWordAt(text, text.length)).toMatchObject({ query, from });
  });
  test.each(["me@example.org", "@a b", 'say @"done" now', "", "@a "])("are not in %j", (text) => {
    expect(fileWordAt(text, text.length)).toBeNull();
  });
  test("replace the whole word", () => {
    expect(fileWordAt("see @src/main.go now", 8)).toEqual({ from: 4, to: 16, query: "src" });
  });

  const files = ["a.go", "my file.txt", "od\u202ed", 'quo"te'].map((path) => ({ path, uri: "" }));
  test("are quoted if they have a space, and left out if they cannot be typed", () => {
    const found = suggestFiles({ from: 0, to: 1, query: "" }, files, () => "");
    expect(found?.list.map((s) => s.insert)).toEqual(["@a.go ", '@"my file.txt" ']);
  });
  test("are not suggested once the only one is complete", () => {
    expect(suggestFiles({ from: 0, to: 5, query: "a.go" }, files.slice(0, 1), () => "")).toBeNull();
  });

  test("become links if they are known", () => {
    const known = new Set(["a.go", "my file.txt", "x"]);
    const text = 'compare @a.go with @"my file.txt", @a.go and me@x or @unknown';
    expect(linksIn(text, known).map((c) => c.path)).toEqual(["a.go", "my file.txt"]);
    const many = Array.from({ length: 20 }, (_, i) => `f${i}`);
    expect(linksIn(many.map((f) => `@${f}`).join(" "), new Set(many)).length).toBe(8);
  });
});
