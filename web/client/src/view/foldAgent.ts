/** Folds what the agent does into rows: messages, tool calls, plans and questions. */

import {
  isObject,
  readOptions,
  readToolFields,
  type Block,
  type PlanEntry,
  type ToolFields,
  type Update,
} from "./acp.js";
import type { Draft, NewRow } from "./draft.js";
import { findPermission, findPlan, findTool } from "./find.js";
import type { Call, PermissionRow, SayRow, ToolRow } from "./items.js";
import { callOf, completed, isDiff, joined, merged, noCall, sameMessage } from "./merge.js";

/** Folds a notification of the agent. raw is the notification as it was received. */
export function foldUpdate(d: Draft, u: Update, raw: unknown): void {
  switch (u.kind) {
    case "message":
    case "thought":
    case "user":
      return say(d, u.kind, u.messageId, u.block);
    case "tool":
      // An update can be about metadata only.
      if (u.begins || Object.keys(u.fields).length > 0) tool(d, u.id, u.begins, u.fields);
      return;
    case "plan":
      return plan(d, u.entries);
    case "mode":
      return d.add({ type: "notice", notice: { what: "agentMode", mode: u.mode } });
    case "quiet":
      return;
    case "other":
      return other(d, u.name, raw);
  }
}

// What people write between two parts of a message does not split the message.
function say(d: Draft, voice: SayRow["voice"], messageId: string | null, block: Block): void {
  const row = d.items[d.state.open];
  if (row?.type === "say" && row.voice === voice && sameMessage(row.messageId, messageId)) {
    d.items[d.state.open] = { ...row, blocks: joined(row.blocks, block), until: d.at };
    return;
  }
  endSaying(d);
  const { running: turn } = d.state;
  d.add({ type: "say", voice, messageId, blocks: [block], until: d.at, open: true, turn });
  d.state.open = d.items.length - 1;
}

/** Ends the row that the agent's words were added to. */
export function endSaying(d: Draft): void {
  const row = d.items[d.state.open];
  if (row?.type === "say") d.items[d.state.open] = { ...row, open: false };
  d.state.open = -1;
}

function tool(d: Draft, id: string, begins: boolean, fields: ToolFields): void {
  const { start } = d.state;
  const i = findTool(d.items, id, begins, start);
  if (!begins && i < start) d.stray();
  const carried = i < start ? takeCarriedTool(d, id) : undefined;
  const row = carried ?? d.items[i];
  if (row?.type !== "tool") {
    endSaying(d);
    d.add(merged(blankTool(id, d.state.running), fields, d.at));
    return;
  }
  const now = merged(row, fields, d.at);
  if (carried) {
    endSaying(d);
    d.items.push({ ...now, cursor: d.event.cursor });
  } else d.items[i] = now;
  if (now.question !== null) completeQuestion(d, now.question, now);
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

function plan(d: Draft, entries: PlanEntry[]): void {
  d.state.plan = entries;
  const i = findPlan(d.items, d.state.start);
  const row = d.items[i];
  if (row?.type === "plan") {
    d.items[i] = { ...row, entries };
    return;
  }
  endSaying(d);
  d.add({ type: "plan", entries, turn: d.state.running });
}

/** Folds a question of the agent. It can be the first that is heard of its tool call. */
export function foldQuestion(
  d: Draft,
  requestId: string,
  toolCall: unknown,
  options: unknown,
): void {
  const call = isObject(toolCall) ? toolCall : {};
  const id = typeof call.toolCallId === "string" ? call.toolCallId : null;
  const fields = readToolFields(call);
  const about = id === null ? null : askedAbout(d, id, requestId, fields);
  if (about === null) endSaying(d);
  d.add({
    type: "permission",
    requestId,
    toolId: id,
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

/** Returns the tool call as the question and earlier updates describe it. */
function askedAbout(d: Draft, id: string, question: string, fields: ToolFields): Call {
  tool(d, id, false, fields);
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

function other(d: Draft, name: string, raw: unknown): void {
  const row = d.items[d.state.open];
  if (row?.type === "other" && row.name === name) {
    d.items[d.state.open] = { ...row, raw: [...row.raw, raw] };
    return;
  }
  endSaying(d);
  d.add({ type: "other", name, raw: [raw], turn: d.state.running });
  d.state.open = d.items.length - 1;
}

function blankTool(id: string, turn: string | null): ToolRow {
  const blank: NewRow<ToolRow> = {
    type: "tool",
    id,
    title: "",
    kind: "other",
    status: "pending",
    content: [],
    paths: [],
    input: undefined,
    output: undefined,
    terminals: [],
    asked: [],
    question: null,
    endedAt: null,
    turn,
  };
  return blank as ToolRow;
}
