import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of the program under test. */
    parley: string;
  }
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Builds the program once for all files. */
export default async function build(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), "parley-ui-"));
  const path = join(dir, "parley");
  const done = spawnSync("go", ["build", "-o", path, "./cmd/parley"], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, CGO_ENABLED: "0" },
  });
  if (done.status !== 0) throw new Error("the server does not build");
  project.provide("parley", path);
  return () => rm(dir, { recursive: true, force: true });
}
