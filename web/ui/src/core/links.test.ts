import { describe, expect, test } from "vitest";

import { isSafeLink } from "./links.ts";

describe("links", () => {
  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    " javascript:x",
    "//evil.example",
    "/s/x",
    undefined,
  ])("that could run a script are not links: %s", (href) => expect(isSafeLink(href)).toBe(false));

  test("to pages and mailboxes are links", () => {
    expect(
      ["https://a.example", "HTTP://a.example", "mailto:a@example.com"].every(isSafeLink),
    ).toBe(true);
  });
});
