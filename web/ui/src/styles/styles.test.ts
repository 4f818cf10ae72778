import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../", import.meta.url));
const read = (file: string) => readFileSync(src + file, "utf8");
const files = readdirSync(src, { recursive: true, encoding: "utf8" });
const sheets = files.filter((file) => file.endsWith(".css"));
const components = files.filter((file) => file.endsWith(".tsx"));

test("every style sheet stands beside a component that imports it", () => {
  const strays = sheets
    .filter((sheet) => dirname(sheet) !== "styles")
    .filter(
      (sheet) =>
        !components.some(
          (c) => dirname(c) === dirname(sheet) && read(c).includes(`import "./${basename(sheet)}"`),
        ),
    );
  expect(strays).toEqual([]);
});

test("global styles stay few", () => {
  const lines = sheets
    .filter((sheet) => dirname(sheet) === "styles")
    .reduce((n, sheet) => n + read(sheet).split("\n").length, 0);
  expect(lines).toBeLessThan(450);
});
