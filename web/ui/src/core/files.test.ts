import { expect, test } from "vitest";

import { below, changeText, placeText } from "./files.ts";

test("a place is a path, with the line if there is one", () => {
  expect(placeText({ path: "/a", line: null })).toBe("/a");
  expect(placeText({ path: "/a", line: 7 })).toBe("/a:7");
});

test("a change names what is done to a file, also in words that are unknown", () => {
  expect(changeText({ operation: "move", path: "/b", oldPath: "/a" })).toBe("moved: /a → /b");
  expect(changeText({ operation: "_odd", path: "/b", oldPath: null })).toBe("_odd: /b");
});

test.each([
  ["/src", "/src/a.go", "a.go"],
  ["/src/", "/src/b/a.go", "b/a.go"],
  ["/src", "/srcs/a.go", "/srcs/a.go"],
  ["/src", "/src", "/src"],
  ["/", "/a.go", "/a.go"],
  [undefined, "/a.go", "/a.go"],
  ["C:\\src", "C:\\src\\a.go", "a.go"],
])("a path below %s: %s", (directory, path, want) => {
  expect(below(directory, path)).toBe(want);
});
