import { describe, expect, test } from "vitest";

import { shortcutOf, type Key } from "./shortcuts.ts";

const press = (key: string, more: Partial<Key> = {}): Key => ({
  key,
  repeat: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  ...more,
});

describe("single keys", () => {
  test.each([
    ["/", "compose"],
    ["End", "toEnd"],
    ["?", "help"],
  ])("%s does %s", (key, shortcut) => expect(shortcutOf(press(key))).toBe(shortcut));

  test.each(["a", "Enter", "e", "1", "toString"])("%s does nothing", (key) =>
    expect(shortcutOf(press(key))).toBeNull(),
  );

  test.each(["repeat", "ctrlKey", "metaKey", "altKey", "defaultPrevented"] as const)(
    "do nothing with %s",
    (state) => expect(shortcutOf(press("/", { [state]: true }))).toBeNull(),
  );
});
