/** Decodes tool calls. */

import { readBlock, type Block } from "./blocks.js";
import { isObject, list, text, type Json } from "./json.js";
import { offersStop, readTerminals, type TerminalNews } from "./terminals.js";

/** A part of what a tool call shows. */
export type ToolContent =
  | { type: "block"; block: Block }
  | { type: "diff"; path: string; oldText: string | null; newText: string }
  /** Changes of files, and a patch in the format of git; null if there is none. */
  | { type: "changes"; changes: readonly FileChange[]; patch: string | null }
  | { type: "terminal"; terminalId: string }
  | { type: "unknown"; raw: unknown };

/** What a tool call does to a file. */
export interface FileChange {
  /** add, delete, modify, move, copy, or a word of the agent's own. */
  operation: string;
  path: string;
  /** Where the file was before; null if it stays in its place. */
  oldPath: string | null;
}

/** A place in a file. */
export interface Place {
  path: string;
  /** Counted from 1; null for the whole file. */
  line: number | null;
}

const statuses = ["pending", "in_progress", "paused", "completed", "failed", "cancelled"] as const;

/** The state of a tool call, as the agent tells it. */
export type ToolStatus = (typeof statuses)[number];

/** The members of a tool call that an announcement or an update contains. */
export interface ToolFields {
  name?: string;
  title?: string;
  kind?: string;
  status?: ToolStatus;
  content?: ToolContent[];
  places?: Place[];
  input?: unknown;
  output?: unknown;
  terminals?: TerminalNews[];
  /** Whether people can stop it by itself. */
  canStop?: boolean;
}

/** Returns the members that are present and not null. */
export function readToolFields(u: Json): ToolFields {
  const f: ToolFields = {};
  if (typeof u.name === "string" && u.name !== "") f.name = u.name;
  if (typeof u.title === "string" && u.title !== "") f.title = u.title;
  if (typeof u.kind === "string") f.kind = u.kind;
  const status = statuses.find((s) => s === u.status);
  if (status) f.status = status;
  if (Array.isArray(u.content)) f.content = u.content.map(readToolContent);
  else if (u.content !== undefined && u.content !== null)
    f.content = [{ type: "unknown", raw: u.content }];
  if (Array.isArray(u.locations)) f.places = u.locations.flatMap(readPlace);
  if (u.rawInput !== undefined && u.rawInput !== null) f.input = u.rawInput;
  if (u.rawOutput !== undefined && u.rawOutput !== null) f.output = u.rawOutput;
  if (u.capabilities !== undefined) f.canStop = offersStop(u.capabilities);
  const terminals = readTerminals(u._meta);
  if (terminals.length > 0) f.terminals = terminals;
  return f;
}

function readPlace(v: unknown): Place[] {
  if (!isObject(v) || typeof v.path !== "string") return [];
  const { path, line } = v;
  const counts = typeof line === "number" && Number.isSafeInteger(line) && line > 0;
  return [{ path, line: counts ? line : null }];
}

/** Reads a part of a result. One that it does not understand is kept as it is. */
export function readToolContent(v: unknown): ToolContent {
  if (!isObject(v)) return { type: "unknown", raw: v };
  if (v.type === "content") return { type: "block", block: readBlock(v.content) };
  if (v.type === "diff" && typeof v.newText === "string") {
    const oldText = text(v.oldText) ?? null;
    return { type: "diff", path: text(v.path) ?? "", oldText, newText: v.newText };
  }
  if (v.type === "diff" && Array.isArray(v.changes)) return readChanges(v);
  if (v.type === "terminal" && typeof v.terminalId === "string")
    return { type: "terminal", terminalId: v.terminalId };
  return { type: "unknown", raw: v };
}

/** Reads a diff of version 2. What it does not understand is shown as it is. */
function readChanges(v: Json): ToolContent {
  const changes = list(v.changes).flatMap((c) => {
    if (!isObject(c) || typeof c.operation !== "string" || typeof c.path !== "string") return [];
    return [{ operation: c.operation, path: c.path, oldPath: text(c.oldPath) ?? null }];
  });
  const patch = isObject(v.patch) ? v.patch : {};
  const known = v.patch === undefined || v.patch === null || typeof patch.text === "string";
  if (changes.length < list(v.changes).length || !known) return { type: "unknown", raw: v };
  return { type: "changes", changes, patch: text(patch.text) ?? null };
}
