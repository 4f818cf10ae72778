/** What waits for a decision, and where it stands in the timeline. */

import type { Approval, Elicitation, Permission } from "parley-client";

import { isObject, readOptions, readToolFields, toolIdOf } from "parley-client/view";
import type { ElicitationRow, Item, PermissionRow, PromptRow } from "parley-client/view";
import { callOf, noCall } from "parley-client/view";
import { openQuestions, personById, type Room } from "./room.ts";

/** Returns the id of the approval or question that a row is about; null for other rows. */
export function decisionOf(item: Item): string | null {
  if (item.type === "prompt") return item.approval.id;
  if (item.type === "elicitation") return item.request.requestId;
  return item.type === "permission" ? item.requestId : null;
}

/** Returns the decision after that one, in the order of the rows and around; null if none waits. */
export function nextDecision(
  items: readonly Item[],
  waiting: ReadonlySet<string>,
  after: string | null,
): string | null {
  const ids = items.map(decisionOf).filter((id) => id !== null && waiting.has(id));
  return ids[(ids.indexOf(after) + 1) % ids.length] ?? null;
}

type Waiting = Pick<Room, "timeline" | "pending" | "permissions" | "elicitations" | "people">;

/**
 * Returns the rows of the timeline and, before them, rows for what has waited
 * since before the oldest loaded event. What was dropped keeps its former row.
 */
export function itemsWithWaiting(room: Waiting): readonly Item[] {
  const { items, carried } = room.timeline;
  if (room.pending.length + openQuestions(room).length === 0) return items;
  const known = new Set(items.map(decisionOf));
  const before = new Map(carried.map((row) => [decisionOf(row), row]));
  const at = items[0]?.at ?? Date.now();
  const cursor = items[0]?.cursor ?? "";
  const prompts = room.pending
    .filter((a) => !known.has(a.id))
    .map((a) => before.get(a.id) ?? promptRow(room, a, cursor));
  const questions = room.permissions
    .filter((p) => !known.has(p.requestId))
    .map((p) => before.get(p.requestId) ?? questionRow(p, cursor, at));
  const forms = room.elicitations
    .filter((e) => !e.acceptedBy && !known.has(e.requestId))
    .map((e) => before.get(e.requestId) ?? elicitationRow(e, cursor, at));
  const older = [...prompts, ...questions, ...forms];
  return older.length === 0 ? items : [...older, ...items];
}

function promptRow(room: Waiting, approval: Approval, cursor: string): PromptRow {
  return {
    type: "prompt",
    key: `waiting:${approval.id}`,
    cursor,
    at: Date.parse(approval.createdAt),
    approval,
    state: "pending",
    author: personById(room, approval.participantId),
    decidedBy: null,
    cancelledBy: null,
    ahead: 0,
    during: null,
  };
}

function questionRow(p: Permission, cursor: string, at: number): PermissionRow {
  const call = isObject(p.toolCall) ? p.toolCall : {};
  return {
    type: "permission",
    key: `waiting:${p.requestId}`,
    cursor,
    at,
    requestId: p.requestId,
    toolId: toolIdOf(call),
    title: p.title ?? "",
    description: p.description ?? "",
    call: callOf({ ...noCall, ...readToolFields(call) }),
    options: readOptions(p.options),
    cut: p.truncated ? (p.wholeBytes ?? 1) : 0,
    state: "open",
    optionId: null,
    source: null,
    answeredBy: null,
    turn: null,
  };
}

function elicitationRow(request: Elicitation, cursor: string, at: number): ElicitationRow {
  return {
    type: "elicitation",
    key: `waiting:${request.requestId}`,
    cursor,
    at,
    request,
    state: "open",
    source: null,
    answeredBy: null,
    turn: null,
  };
}
