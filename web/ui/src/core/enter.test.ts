import { expect, test } from "vitest";

import { sendsOnEnter } from "./enter.ts";

test("an Enter that confirms the suggestion of an input method sends nothing", () => {
  const enter = { key: "Enter", isComposing: false, keyCode: 13 };
  expect(sendsOnEnter(enter)).toBe(true);
  expect(sendsOnEnter({ ...enter, isComposing: true, keyCode: 229 })).toBe(false);
  expect(sendsOnEnter({ ...enter, keyCode: 229 }), "as Safari tells it").toBe(false);
  expect(sendsOnEnter({ ...enter, key: "a" })).toBe(false);
});
