import { describe, expect, test } from "vitest";

import { readAnsi } from "./ansi.ts";

describe("terminal output", () => {
  test("has colours, but no escape sequences", () => {
    expect(
      readAnsi("\x1b[1;31mbad\x1b[0m ok\x1b[38;5;200m pink\x1b[2K\x1b]0;title\x07!").runs,
    ).toEqual([
      { text: "bad", bold: true, dim: false, color: 1 },
      { text: " ok", bold: false, dim: false, color: null },
      { text: " pink", bold: false, dim: false, color: null },
      { text: "!", bold: false, dim: false, color: null },
    ]);
  });

  test("shows the last state of a progress bar", () => {
    expect(
      readAnsi("10%\r50%\r100%\r\ndone")
        .runs.map((r) => r.text)
        .join(""),
    ).toBe("100%\ndone");
  });

  test("continues in the last colour", () => {
    const { style } = readAnsi("\x1b[32mgreen");
    expect(readAnsi("still", style).runs).toEqual([
      { text: "still", bold: false, dim: false, color: 2 },
    ]);
  });
});
