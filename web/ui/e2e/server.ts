import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { inject } from "vitest";

/** A server with the demo agent and a shared session, in a directory of its own. */
export interface Server {
  url: string;
  /** The host's own link. */
  host: string;
  invite: string;
  stop(): Promise<void>;
}

const scripted = fileURLToPath(new URL("agent.mjs", import.meta.url));
const quick = fileURLToPath(new URL("quick.mjs", import.meta.url));
const newer = fileURLToPath(new URL("newer.mjs", import.meta.url));

/**
 * Starts a server. Its agent "fast" says all that the demo agent says, without the
 * pauses; "scripted" is agent.mjs, "quick" is quick.mjs, and "newer" is newer.mjs.
 */
export async function startServer(): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), "parley-ui-"));
  const program = inject("parley");
  const child = spawn(
    program,
    [
      ...["demo", "--listen", "127.0.0.1:0", "--data", join(dir, "data"), "--max-agents", "200"],
      ...["--agent", `fast=${program} demo-agent --pace 0s`],
      ...["--agent", `scripted=${process.execPath} ${scripted}`],
      ...["--agent", `quick=${process.execPath} ${quick}`],
      ...["--agent", `newer=${process.execPath} ${newer}`],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const { host, invite } = await links(child);
  return {
    url: new URL(host).origin,
    host,
    invite,
    stop: async () => {
      if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A server that can be killed and started again, at the same address and with the same data. */
export interface Restartable {
  url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Copies the data of a killed server. */
  backUp(): Promise<void>;
  /** Replaces the data by that copy. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts such a server in the current directory. */
export async function startRestartable(...flags: string[]): Promise<Restartable> {
  return startRestartableIn(process.cwd(), ...flags);
}

/** Starts such a server in a directory. */
export async function startRestartableIn(cwd: string, ...flags: string[]): Promise<Restartable> {
  const dir = await mkdtemp(join(tmpdir(), "parley-ui-"));
  const program = inject("parley");
  const [data, copy] = [join(dir, "data"), join(dir, "copy")];
  let address = "127.0.0.1:0";
  let child: ChildProcess;
  const start = async () => {
    const fast = ["--agent", `fast=${program} demo-agent --pace 0s`];
    child = spawn(program, ["serve", "--listen", address, "--data", data, ...fast, ...flags], {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
    });
    address = new URL(await ready(child)).host;
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    url: `http://${address}`,
    start,
    kill,
    backUp: () => cp(data, copy, { recursive: true }),
    restore: async () => {
      await rm(data, { recursive: true });
      await cp(copy, data, { recursive: true });
    },
    stop: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const url = /parley is ready: (http:[^\s"]+)/.exec(line)?.[1];
    if (url) {
      child.stderr!.resume();
      return url;
    }
  }
  throw new Error("the server has ended before it was ready");
}

async function links(child: ChildProcess): Promise<{ host: string; invite: string }> {
  const found: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    const link = /https?:\/\/\S+#\S+/.exec(line)?.[0];
    if (link) found.push(link);
    const [host, invite] = found;
    if (host && invite) {
      child.stdout!.resume();
      return { host, invite };
    }
  }
  throw new Error("the server has ended before it said its links");
}
