/** What waits for a decision, where it stands in the time line. */

import { isObject, readOptions, readToolFields } from "./acp.ts";
import type { Item, PermissionRow, PromptRow } from "./items.ts";
import { callOf, noCall } from "./merge.ts";
import { personById, type Room } from "./room.ts";

/** The id of the approval or of the question that a row is about; null for other rows. */
export function decisionOf(item: Item): string | null {
  if (item.type === "prompt") return item.approval.id;
  return item.type === "permission" ? item.requestId : null;
}

type Waiting = Pick<Room, "timeline" | "pending" | "permissions" | "people">;

/**
 * itemsWithWaiting returns the rows of the time line and, before them, rows for
 * what has been waiting since before the oldest event that is loaded. Of what
 * was dropped it is the row that it had.
 */
export function itemsWithWaiting(room: Waiting): readonly Item[] {
  const { items, carried } = room.timeline;
  if (room.pending.length + room.permissions.length === 0) return items;
  const known = new Set(items.map(decisionOf));
  const before = new Map(carried.map((row) => [decisionOf(row), row]));
  const at = items[0]?.at ?? Date.now();
  const cursor = items[0]?.cursor ?? "";
  const prompts = room.pending
    .filter((a) => !known.has(a.id))
    .map((approval): PromptRow => {
      const row = before.get(approval.id);
      if (row?.type === "prompt") return row;
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
    });
  const questions = room.permissions
    .filter((p) => !known.has(p.requestId))
    .map((p): PermissionRow => {
      const row = before.get(p.requestId);
      if (row?.type === "permission") return row;
      const call = isObject(p.toolCall) ? p.toolCall : {};
      return {
        type: "permission",
        key: `waiting:${p.requestId}`,
        cursor,
        at,
        requestId: p.requestId,
        toolId: typeof call.toolCallId === "string" ? call.toolCallId : null,
        call: callOf({ ...noCall, ...readToolFields(call) }),
        options: readOptions(p.options),
        cut: p.truncated ? (p.wholeBytes ?? 1) : 0,
        state: "open",
        optionId: null,
        source: null,
        answeredBy: null,
        turn: null,
      };
    });
  return prompts.length + questions.length === 0 ? items : [...prompts, ...questions, ...items];
}
