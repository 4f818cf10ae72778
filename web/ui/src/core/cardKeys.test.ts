import { describe, expect, test } from "vitest";

import { hotkeyOf, mustDrop, type Field } from "./cardKeys.ts";

const none = { repeat: false, ctrlKey: false, metaKey: false, altKey: false };
const press = (key: string, more = {}) => ({ key, ...none, ...more });

describe("a key on a card", () => {
  test.each(["a", "A", "1"])("presses the button of %s", (key) =>
    expect(hotkeyOf(press(key), "none")).toBe(key.toLowerCase()),
  );

  test.each([
    ["held", press("a", { repeat: true })],
    ["with Ctrl", press("a", { ctrlKey: true })],
    ["with Cmd", press("a", { metaKey: true })],
    ["with Alt", press("a", { altKey: true })],
    ["that is not a letter or a digit", press("Enter")],
    ["of another script", press("ä")],
  ])("presses nothing %s", (_, key) => expect(hotkeyOf(key, "none")).toBeNull());

  test.each(["line", "area"] as const)("writes into a field: %s", (field) =>
    expect(hotkeyOf(press("a"), field)).toBeNull(),
  );
});

describe("a key that is held down", () => {
  const dropped: [Field, string, boolean][] = [
    ["none", "Enter", true],
    ["none", " ", true],
    ["none", "a", true],
    ["none", "Tab", false],
    ["none", "ArrowDown", false],
    ["line", "Enter", true],
    ["line", "a", false],
    ["area", "Enter", false],
  ];
  test.each(dropped)("in %s, %s is dropped: %s", (field, key, drop) => {
    expect(mustDrop(press(key, { repeat: true }), field)).toBe(drop);
    expect(mustDrop(press(key), field)).toBe(false);
  });
});
