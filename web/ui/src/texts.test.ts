import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

test("texts of the user interface are in src/texts only", () => {
  const root = import.meta.dirname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const found = files
    .filter((f) => f.endsWith(".tsx"))
    .flatMap((f) => {
      const source = readFileSync(join(root, f), "utf8").replace(/\/\/.*$|\/\*[^]*?\*\//gm, "");
      const inTags = source.matchAll(/<[^<>=]*>\s*([A-Za-z][a-z]+[^<>{}();=]*)</g);
      const inAttributes = source.matchAll(
        /\b(?:aria-label|label|title|placeholder|alt|description)="([^"]+)"/g,
      );
      return [...inTags, ...inAttributes].map((m) => `${f}: ${m[1]}`);
    });
  expect(found).toEqual([]);
});
