import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".gen.ts"),
);
const exported =
  /^export (?:abstract )?(?:class|function|interface|type|const) (\w+)|^ {2}(?:abstract |override |async |get |readonly )*(\w+)\??(?:<[^(]*)?[(:]/;
const api = [
  "commands.ts",
  "errors.ts",
  "link.ts",
  "node.ts",
  "options.ts",
  "react.ts",
  "server.ts",
  "session.ts",
  "state.ts",
];

/** Returns the exported names and public members of a file that have no doc comment. */
function undocumented(file: string): string[] {
  const lines = readFileSync(join(src, file), "utf8").split("\n");
  let inside = "";
  return lines.flatMap((line, i) => {
    if (/^export /.test(line)) inside = line;
    else if (/^[}\w]/.test(line)) inside = "";
    const [, name, member = ""] = exported.exec(line) ?? [];
    const isMember = api.includes(file) && /^export (?:abstract )?(?:class|interface)/.test(inside);
    if (!name && !(isMember && member && !/constructor|private|override/.test(line))) return [];
    return lines[i - 1]!.trim().endsWith("*/") ? [] : [`${file}: ${name ?? member}`];
  });
}

test("every exported name and every member of the API has a doc comment", () => {
  expect(files.flatMap(undocumented)).toEqual([]);
});
