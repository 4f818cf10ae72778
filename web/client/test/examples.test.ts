import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { parseLink } from "../src/index.js";
import { join as enter } from "./server/people.js";
import { Server, type Shared } from "./server/server.js";

const root = join(import.meta.dirname, "..");
const names = ["talk", "approve", "archive", "share"];
let dir: string;
let shared: Shared;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "parley-client-test-"));
  await build({
    entryPoints: names.map((name) => join(root, "examples", `${name}.ts`)),
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    alias: { "parley-client": join(root, "src/index.ts") },
  });
  return () => rm(dir, { recursive: true });
});

/** Runs an example. */
function run(name: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(dir, `${name}.mjs`), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exit = once(child, "exit");
  return { child, exit, out: lines(child.stdout), log: lines(child.stderr) };
}

/** Lets a test wait for lines of a stream. */
function lines(stream: NodeJS.ReadableStream) {
  const all: string[] = [];
  const reader = createInterface({ input: stream });
  reader.on("line", (line) => all.push(line));
  return {
    all,
    until: async (text: string) => {
      while (!all.some((line) => line.includes(text))) await once(reader, "line");
    },
  };
}

describe("the example", () => {
  beforeEach(async () => {
    shared = await (await Server.start()).share();
  });

  test("talk.ts sends a message, prints those of others, and ends on Ctrl+C", async () => {
    const talk = run("talk", shared.invite, "ann", "Hello, everyone");
    await talk.out.until("ann: Hello, everyone");
    const host = enter(shared.host);
    await host.chat("Hello, Ann");
    await talk.out.until("olga: Hello, Ann");
    talk.child.kill("SIGINT");
    expect(await talk.exit).toEqual([0, null]);
    expect(talk.log.all.at(-1)).toBe("closed");
  });

  test("share.ts prints links that work, and the code of an error", async () => {
    const { server } = parseLink(shared.invite);
    const share = run("share", server, "quick", "ada");
    expect(await share.exit).toEqual([0, null]);
    const [own = "", invite = ""] = share.out.all;
    await enter(invite, { userId: "ben" }).chat("Hello");
    expect((await enter(own).ready).participant).toMatchObject({ userId: "ada", role: "host" });
    const none = run("share", server, "none");
    expect(await none.exit).toEqual([1, null]);
    expect(none.log.all.at(-1)).toMatch(/^AGENT_NOT_FOUND /);
  });

  test("approve.ts decides on what waits and on what follows", async () => {
    const ann = enter(shared.invite);
    const long = await ann.prompt("word ".repeat(2_000));
    const approve = run("approve", shared.host);
    await approve.out.until("rejected: Please keep prompts short.");
    expect(long.status).toBe("pending");
    await ann.prompt("help");
    await approve.out.until("done: end_turn");
    approve.child.kill("SIGINT");
    expect(await approve.exit).toEqual([0, null]);
  });

  test("archive.ts prints all messages of a session that was closed", async () => {
    const ann = enter(shared.invite);
    const texts = Array.from({ length: 12 }, (_, i) => `Message ${i}`);
    for (const text of texts) await ann.chat(text);
    const own = ann.link ?? "";
    await enter(shared.host).closeSession();
    const archive = run("archive", own);
    expect(await archive.exit).toEqual([0, null]);
    const printed = archive.out.all.map((line) => JSON.parse(line) as { text: string });
    expect(printed.map(({ text }) => text)).toEqual(texts);
  });
});

test("README.md lists the examples", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  for (const name of names) expect(readme).toContain(`(examples/${name}.ts)`);
});
