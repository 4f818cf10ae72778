import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of the server's program, built from this tree. */
    parley: string;
  }
}

/** Builds the server once for all tests. */
export default function setup(project: TestProject): () => void {
  const dir = mkdtempSync(join(tmpdir(), "parley-client-test-"));
  const parley = join(dir, "parley");
  const root = join(import.meta.dirname, "../../../..");
  execFileSync("go", ["build", "-o", parley, "./cmd/parley"], { cwd: root, stdio: "inherit" });
  project.provide("parley", parley);
  return () => rmSync(dir, { recursive: true });
}
