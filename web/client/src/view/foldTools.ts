/** Folds tool calls, the terminals that they show, and questions about them into rows. */

import type { Permission } from "../protocol.gen.js";
import { readOptions } from "./acp.js";
import type { Draft, NewRow } from "./draft.js";
import { findPermission, findTerminal, findTool, terminalsOf } from "./find.js";
import { endSaying } from "./foldSaid.js";
import type { Call, PermissionRow, TerminalView, ToolRow } from "./items.js";
import { isObject } from "./json.js";
import { callOf, completed, isDiff, merged, noCall, withContent, withNews } from "./merge.js";
import type { TerminalNews } from "./terminals.js";
import { readToolFields, type ToolContent, type ToolFields } from "./tools.js";

/** Folds an announcement or an update of a tool call. */
export function foldTool(d: Draft, id: string, begins: boolean, fields: ToolFields): void {
  changeTool(d, id, begins, (row) => merged(row, fields, d.at));
  const place = fields.places?.at(-1);
  if (place && d.state.running !== null) d.state.looksAt = place;
}

/** Adds a part to the content of a tool call. */
export function foldToolContent(d: Draft, id: string, content: ToolContent): void {
  changeTool(d, id, false, (row) => withContent(row, content));
}

function changeTool(d: Draft, id: string, begins: boolean, change: (r: ToolRow) => ToolRow): void {
  const { start } = d.state;
  const i = findTool(d.items, id, begins, start);
  if (!begins && i < start) d.lack(`tool ${id}`);
  const carried = i < start ? takeCarriedTool(d, id) : undefined;
  const row = carried ?? d.items[i];
  if (row?.type !== "tool") {
    endSaying(d);
    d.add(withShown(d, change(blankTool(id, d.state.running))));
    return;
  }
  const now = withShown(d, change(row));
  if (carried) {
    endSaying(d);
    d.items.push({ ...now, cursor: d.event.cursor });
  } else d.items[d.items.lastIndexOf(row)] = now;
  if (now.question !== null) completeQuestion(d, now.question, now);
}

/** Adds the terminals that the content names, which had rows of their own until now. */
function withShown(d: Draft, tool: ToolRow): ToolRow {
  const missing = terminalsOf(tool).filter((id) => !tool.terminals.some((t) => t.id === id));
  const found: TerminalView[] = [];
  for (const id of new Set(missing)) {
    const i = findTerminal(d.items, id, d.state.start);
    const row = d.items[i];
    if (row?.type !== "terminal") {
      d.lack(`terminal ${id}`);
      continue;
    }
    found.push(row.terminal);
    d.remove(i);
  }
  return found.length === 0 ? tool : { ...tool, terminals: [...tool.terminals, ...found] };
}

/** Folds an update of a terminal into the row that shows it. */
export function foldTerminal(d: Draft, news: TerminalNews): void {
  const { start, running: turn } = d.state;
  let i = findTerminal(d.items, news.id, start);
  if (i < 0) {
    d.lack(`terminal ${news.id}`);
    i = findTerminal(d.items, news.id, 0);
  }
  const row = d.items[i];
  if (row?.type === "tool") d.items[i] = { ...row, terminals: withNews(row.terminals, news) };
  else if (row?.type === "terminal")
    d.items[i] = { ...row, terminal: withNews([row.terminal], news)[0]! };
  else {
    endSaying(d);
    d.add({ type: "terminal", terminal: withNews([], news)[0]!, turn });
  }
}

/** Takes a tool call of this turn out of the carried rows: it becomes a row again. */
function takeCarriedTool(d: Draft, id: string): ToolRow | undefined {
  const row = d.carried.findLast((r) => r.type === "tool" && r.id === id);
  if (row) d.carried = d.carried.filter((r) => r !== row);
  return row?.type === "tool" ? row : undefined;
}

/** Adds to an open question what its tool call told after it was asked. */
function completeQuestion(d: Draft, question: string, now: ToolRow): void {
  const i = findPermission(d.items, question);
  const row = d.items[i];
  if (row?.type === "permission" && row.state === "open")
    d.items[i] = { ...row, call: completed(row.call, now) };
  const carried = d.carried[findPermission(d.carried, question)];
  if (carried?.type === "permission")
    d.changeCarried((r) => r === carried, { call: completed(carried.call, now) });
}

/** Marks the tool calls of the turn that have not ended as unfinished. */
export function endTools(d: Draft): void {
  for (let i = d.state.start; i < d.items.length; i++) {
    const row = d.items[i];
    if (row?.type === "tool" && row.endedAt === null)
      d.items[i] = { ...row, status: "unfinished", endedAt: d.at };
  }
  d.carried = d.carried.filter((r) => r.type !== "tool");
}

/** Folds a question of the agent. It can be the first that is heard of its tool call. */
export function foldQuestion(
  d: Draft,
  { requestId, toolCall, options, title = "", description = "" }: Permission,
): void {
  const call = isObject(toolCall) ? toolCall : {};
  const id = toolIdOf(call);
  const fields = readToolFields(call);
  const about = id === null ? null : askedAbout(d, id, requestId, fields);
  if (about === null) endSaying(d);
  d.add({
    type: "permission",
    requestId,
    toolId: id,
    title,
    description,
    call: about ?? callOf({ ...noCall, ...fields }),
    options: readOptions(options),
    cut: 0,
    state: "open",
    optionId: null,
    source: null,
    answeredBy: null,
    turn: d.state.running,
  });
}

/** Returns the id of the tool call that a question is about; null if it is about none. */
export function toolIdOf({ toolCallId: id }: { toolCallId?: unknown }): string | null {
  return typeof id === "string" && id !== "" ? id : null;
}

/** Returns the tool call as the question and earlier updates describe it. */
function askedAbout(d: Draft, id: string, question: string, fields: ToolFields): Call {
  foldTool(d, id, false, fields);
  const i = findTool(d.items, id, false, d.state.start);
  const row = d.items[i];
  if (row?.type !== "tool") return callOf({ ...noCall, ...fields });
  d.items[i] = { ...row, question, asked: row.content.filter(isDiff) };
  return callOf(row);
}

/** Changes the row of a question. */
export function changePermission(d: Draft, id: string, change: Partial<PermissionRow>): void {
  const i = findPermission(d.items, id);
  const row = d.items[i];
  if (row?.type === "permission") {
    d.items[i] = { ...row, ...change };
    return;
  }
  d.stray();
  d.changeCarried((r) => r.type === "permission" && r.requestId === id, change);
}

function blankTool(id: string, turn: string | null): ToolRow {
  const blank: NewRow<ToolRow> = {
    type: "tool",
    id,
    name: "",
    title: "",
    kind: "other",
    status: "pending",
    content: [],
    places: [],
    input: undefined,
    output: undefined,
    terminals: [],
    asked: [],
    canStop: false,
    question: null,
    endedAt: null,
    turn,
  };
  return blank as ToolRow;
}
