import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Server } from "./server/server.js";

const root = join(import.meta.dirname, "..");

/** Runs a program, by default in the directory of the package. */
function run(program: string, args: string[], { cwd = root } = {}) {
  return promisify(execFile)(program, args, { cwd });
}

function read(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

/** Returns the size of what a program bundles, minified and compressed, in bytes. */
async function bundled(contents: string): Promise<number> {
  const bundle = await build({
    stdin: { contents, resolveDir: join(root, "src") },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  return gzipSync(bundle.outputFiles[0]!.contents, { level: 9 }).length;
}

test("what a program imports is small, minified and compressed", async () => {
  expect(await bundled(`export { connect } from "./index.js"`)).toBeLessThan(11_000);
  expect(await bundled(`export { Server } from "./index.js"`)).toBeLessThan(3_000);
  expect(await bundled(`export * from "./index.js"`)).toBeLessThan(12_500);
});

test("the package has no dependencies at run time, and names no registry", () => {
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

describe("the package, as npm packs a clean checkout", () => {
  let project: string;

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), "parley-client-test-"));
    const checkout = join(dir, "checkout");
    project = join(dir, "project");
    const { stdout } = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"]);
    for (const file of stdout.trim().split("\n")) await cp(join(root, file), join(checkout, file));
    await symlink(join(root, "node_modules"), join(checkout, "node_modules"));
    await mkdir(project);
    await run("npm", ["pack", "--pack-destination", project], { cwd: checkout });
    const [tarball = ""] = await readdir(project);
    expect(tarball).toMatch(/^parley-client-.*\.tgz$/);
    await writeFile(join(project, "package.json"), `{"type":"module"}`);
    const quietly = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", ...quietly, `./${tarball}`], { cwd: project });
    return () => rm(dir, { recursive: true });
  });

  test("contains the build, its README and its license, but no sources", async () => {
    const installed = join(project, "node_modules/parley-client");
    expect((await readdir(installed)).sort()).toEqual([
      "LICENSE",
      "README.md",
      "dist",
      "package.json",
    ]);
    expect(read("LICENSE")).toBe(read("../../LICENSE"));
    expect(await readdir(join(project, "node_modules"))).not.toContain("react");
  });

  test("is typed: commands, answers, events and errors", async () => {
    await cp(join(root, "test/types.ts"), join(project, "types.ts"));
    const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes"];
    const modern = ["--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"];
    const tsc = join(root, "node_modules/.bin/tsc");
    const said = run(tsc, [...strict, ...modern, "types.ts"], { cwd: project });
    expect(await said.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: "" });
  });

  test("runs the example of README.md, which has at most ten lines and ends on Ctrl+C", async () => {
    const [, example = ""] = /```js\n([\s\S]*?)```/.exec(read("README.md"))!;
    expect(example.trim().split("\n").length).toBeLessThanOrEqual(10);
    await writeFile(join(project, "hello.mjs"), example);
    const server = await Server.start();
    const { invite } = await server.share();
    const child = spawn(process.execPath, ["hello.mjs", invite], {
      cwd: project,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exit = once(child, "exit");
    let said = "";
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (/Hello from ten lines/.test(said)) child.kill("SIGINT");
    }
    expect(said).toMatch(/^(live|fallback)\nann Hello from ten lines\nclosed\n$/);
    expect(await exit).toEqual([0, null]);
  });
});
