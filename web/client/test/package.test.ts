import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { Server } from "./server/server.js";

const root = join(import.meta.dirname, "..");

function read(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

test("the package is under 10 kB, minified and compressed", async () => {
  const entryPoints = [join(root, "src/index.ts")];
  const bundle = await build({
    entryPoints,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const bytes = gzipSync(bundle.outputFiles[0]!.contents, { level: 9 }).length;
  expect(bytes).toBeLessThan(10_000);
});

test("the package needs no other at run time, and names no registry", () => {
  const { dependencies, peerDependenciesMeta, devDependencies } = JSON.parse(
    read("package.json"),
  ) as Record<string, Record<string, unknown>>;
  expect(dependencies).toBeUndefined();
  expect(peerDependenciesMeta).toEqual({ react: { optional: true } });
  for (const version of Object.values(devDependencies!)) {
    expect(version, "versions are exact").toMatch(/^\d+\.\d+\.\d+$/);
  }
  expect(read("package-lock.json")).not.toContain('"resolved"');
});

test("the example of README.md has ten lines at most, and runs", async () => {
  const [, example = ""] = /```js\n([\s\S]*?)```/.exec(read("README.md"))!;
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(10);
  const dir = await mkdtemp(join(tmpdir(), "parley-client-test-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  const outfile = join(dir, "example.mjs");
  await build({
    stdin: { contents: example, resolveDir: root },
    alias: { "parley-client": join(root, "src/index.ts") },
    bundle: true,
    format: "esm",
    outfile,
  });
  const server = await Server.start();
  const { invite } = await server.share();
  const child = spawn(process.execPath, [outfile, invite], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes("ann: Hello from ten lines")) break;
  }
  expect(said).toMatch(/^(live|fallback)\nann: Hello from ten lines\n$/);
});
