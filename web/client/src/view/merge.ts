/** Merges the parts of messages and tool calls. */

import type { Block, TerminalNews, ToolContent, ToolFields } from "./acp.js";
import type { Call, TerminalView, ToolRow } from "./items.js";

export function sameMessage(a: string | null, b: string | null): boolean {
  return a === b || a === null || b === null;
}

export function joined(blocks: readonly Block[], next: Block): readonly Block[] {
  const last = blocks.at(-1);
  if (last?.type === "text" && next.type === "text") {
    return [...blocks.slice(0, -1), { ...last, text: last.text + next.text }];
  }
  return [...blocks, next];
}

/** Applies an update to a tool call. An empty list of content changes nothing. */
export function merged(row: ToolRow, f: ToolFields, at: number): ToolRow {
  const status = f.status ?? row.status;
  const over = status === "completed" || status === "failed";
  return {
    ...row,
    title: f.title ?? row.title,
    kind: f.kind ?? row.kind,
    status,
    content: f.content && f.content.length > 0 ? withAsked(row.asked, f.content) : row.content,
    paths: f.paths && f.paths.length > 0 ? f.paths : row.paths,
    input: f.input ?? row.input,
    output: f.output ?? row.output,
    terminals: (f.terminals ?? []).reduce(withNews, row.terminals),
    endedAt: over ? (row.endedAt ?? at) : null,
  };
}

function withAsked(
  asked: readonly ToolContent[],
  content: readonly ToolContent[],
): readonly ToolContent[] {
  return asked.length === 0 || content.some(isDiff) ? content : [...asked, ...content];
}

export function isDiff(c: ToolContent): boolean {
  return c.type === "diff";
}

// Limits the memory for a terminal that writes for hours.
const maxOutput = 1_000_000;

function withNews(terminals: readonly TerminalView[], news: TerminalNews): TerminalView[] {
  const known = terminals.find((t) => t.id === news.id);
  const before = known ?? { id: news.id, cwd: null, output: "", dropped: 0, exit: null };
  let output = before.output + (news.output ?? "");
  const over = output.length > 2 * maxOutput ? output.length - maxOutput : 0;
  output = output.slice(over);
  const now: TerminalView = {
    id: before.id,
    cwd: news.cwd ?? before.cwd,
    output,
    dropped: before.dropped + over,
    exit: news.exit ?? before.exit,
  };
  return known ? terminals.map((t) => (t === known ? now : t)) : [...terminals, now];
}

export const noCall: Call = {
  title: "",
  kind: "other",
  content: [],
  paths: [],
  input: undefined,
};

/** Returns the part of a row that people decide on. */
export function callOf({ title, kind, content, paths, input }: Call): Call {
  return { title, kind, content, paths, input };
}

/**
 * Adds to a question what was told after it was asked. What the question said stays
 * unchanged. Returns the same object if nothing was added.
 */
export function completed(asked: Call, now: Call): Call {
  const all: Call = {
    title: asked.title || now.title,
    kind: asked.kind === "other" ? now.kind : asked.kind,
    content: asked.content.length > 0 || now.content.length === 0 ? asked.content : now.content,
    paths: asked.paths.length > 0 || now.paths.length === 0 ? asked.paths : now.paths,
    input: asked.input ?? now.input,
  };
  const members = ["title", "kind", "content", "paths", "input"] as const;
  return members.every((m) => all[m] === asked[m]) ? asked : all;
}
