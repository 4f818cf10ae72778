/** Reads the files that this fold and the one in Go must fold alike. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyEvent, Redaction } from "../../src/index.js";
import type { Timeline } from "../../src/view/index.js";

export const directory = join(import.meta.dirname, "../../../../protocol/testdata/view");

/** An event as the files have it; testdata/README.md describes it. */
export type Short = (
  { type: string; payload: unknown } | { update: unknown } | { notification: unknown }
) & { redaction?: Redaction };

export interface Case {
  name: string;
  events: Short[];
  view: unknown;
}

export interface File {
  about: string;
  cases: Case[];
}

/** Returns the files by name. */
export function fixtures(): Map<string, File> {
  const names = readdirSync(directory).filter((name) => name.endsWith(".json"));
  return new Map(
    names.map((name) => [name, JSON.parse(readFileSync(join(directory, name), "utf8")) as File]),
  );
}

const start = Date.parse("2026-03-01T10:00:00Z");

/** Returns the whole events: one second apart, with numbered cursors. */
export function whole(events: readonly Short[]): AnyEvent[] {
  return events.map((e, i) => {
    const bytes = Buffer.alloc(20);
    bytes.writeBigUInt64BE(BigInt(i + 1));
    const common = {
      cursor: bytes.toString("base64url"),
      sharedSessionId: "s1",
      timestamp: new Date(start + (i + 1) * 1_000).toISOString(),
      ...(e.redaction && { redaction: e.redaction }),
    };
    if ("type" in e) return { ...common, ...e } as AnyEvent;
    const notification =
      "update" in e
        ? { jsonrpc: "2.0", method: "session/update", params: { sessionId: "x", update: e.update } }
        : e.notification;
    return { ...common, type: "host_session_update", payload: { notification } } as AnyEvent;
  });
}

/** Returns what the files compare. */
export function viewOf({ items, running, plan, looksAt, usage }: Timeline): unknown {
  const view = { items, running, plan: plan ?? null, looksAt, usage };
  return JSON.parse(JSON.stringify(view));
}
