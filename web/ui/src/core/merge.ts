/** How parts of the agent's messages and tool calls come together. */

import type { Block, ToolFields } from "./acp.ts";
import type { ToolRow } from "./items.ts";

export function sameMessage(a: string | null, b: string | null): boolean {
  return a === b || a === null || b === null;
}

export function joined(blocks: readonly Block[], next: Block): readonly Block[] {
  const last = blocks.at(-1);
  if (last?.type === "text" && next.type === "text") {
    return [...blocks.slice(0, -1), { type: "text", text: last.text + next.text }];
  }
  return [...blocks, next];
}

/** An update replaces what it carries; an empty list of content says nothing. */
export function merged(row: ToolRow, f: ToolFields, at: number): ToolRow {
  const status = f.status ?? row.status;
  const over = status === "completed" || status === "failed";
  return {
    ...row,
    title: f.title ?? row.title,
    kind: f.kind ?? row.kind,
    status,
    content: f.content && f.content.length > 0 ? f.content : row.content,
    paths: f.paths && f.paths.length > 0 ? f.paths : row.paths,
    input: f.input ?? row.input,
    output: f.output ?? row.output,
    endedAt: over ? (row.endedAt ?? at) : null,
  };
}
