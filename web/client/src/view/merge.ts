/** Merges the parts of messages and tool calls. */

import type { Block } from "./blocks.js";
import type { Call, TerminalView, ToolRow } from "./items.js";
import { decodeText, type TerminalNews } from "./terminals.js";
import type { ToolContent, ToolFields } from "./tools.js";

/** Reports whether two parts can belong to the same message: agents can omit the id. */
export function sameMessage(a: string | null, b: string | null): boolean {
  return a === b || a === null || b === null;
}

/** Adds a block to a list. Text continues the text before it. */
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
  const over = status === "completed" || status === "failed" || status === "cancelled";
  return {
    ...row,
    name: f.name ?? row.name,
    title: f.title ?? row.title,
    kind: f.kind ?? row.kind,
    status,
    content: f.content && f.content.length > 0 ? withAsked(row.asked, f.content) : row.content,
    places: f.places && f.places.length > 0 ? f.places : row.places,
    input: f.input ?? row.input,
    output: f.output ?? row.output,
    terminals: (f.terminals ?? []).reduce(withNews, row.terminals),
    canStop: f.canStop ?? row.canStop,
    endedAt: over ? (row.endedAt ?? at) : null,
  };
}

/** Adds a part to the content of a tool call. */
export function withContent(row: ToolRow, part: ToolContent): ToolRow {
  return { ...row, content: [...row.content, part] };
}

function withAsked(
  asked: readonly ToolContent[],
  content: readonly ToolContent[],
): readonly ToolContent[] {
  return asked.length === 0 || content.some(isDiff) ? content : [...asked, ...content];
}

/** Reports whether a part of a result shows changes of files. */
export function isDiff(c: ToolContent): boolean {
  return c.type === "diff" || c.type === "changes";
}

// Limits the memory for a terminal that writes for hours.
const maxOutput = 1_000_000;

/** Applies an update to the terminal that it is about, which may be a new one. */
export function withNews(
  terminals: readonly TerminalView[],
  news: TerminalNews,
): readonly TerminalView[] {
  const known = terminals.find((t) => t.id === news.id);
  const now = terminalWith(known ?? blankTerminal(news.id), news);
  return known ? terminals.map((t) => (t === known ? now : t)) : [...terminals, now];
}

function blankTerminal(id: string): TerminalView {
  return {
    id,
    command: null,
    cwd: null,
    output: "",
    dropped: 0,
    rest: "",
    exit: null,
    canStop: false,
  };
}

function terminalWith(before: TerminalView, news: TerminalNews): TerminalView {
  const { output, dropped, rest } = news.restarts ? blankTerminal(before.id) : before;
  const more =
    typeof news.output === "object"
      ? decodeText(rest, news.output)
      : { text: news.output ?? "", rest };
  if (news.repeats && dropped === 0 && more.text.startsWith(output))
    more.text = more.text.slice(output.length);
  const all = output + more.text;
  const over = all.length > 2 * maxOutput ? all.length - maxOutput : 0;
  return {
    id: before.id,
    command: news.command === undefined ? before.command : news.command,
    cwd: news.cwd === undefined ? before.cwd : news.cwd,
    output: all.slice(over),
    dropped: dropped + over,
    rest: more.rest,
    exit: news.exit === undefined ? before.exit : news.exit,
    canStop: news.canStop ?? before.canStop,
  };
}

/** A tool call of which nothing is known. */
export const noCall: Call = {
  title: "",
  kind: "other",
  content: [],
  places: [],
  input: undefined,
};

/** Returns the part of a row that people decide on. */
export function callOf({ title, kind, content, places, input }: Call): Call {
  return { title, kind, content, places, input };
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
    places: asked.places.length > 0 || now.places.length === 0 ? asked.places : now.places,
    input: asked.input ?? now.input,
  };
  const members = ["title", "kind", "content", "places", "input"] as const;
  return members.every((m) => all[m] === asked[m]) ? asked : all;
}
