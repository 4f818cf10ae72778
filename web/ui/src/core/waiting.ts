/** What waits for a decision, where it stands in the time line. */

import { isObject, readOptions, readToolFields } from "./acp.ts";
import type { Item, PermissionRow, PromptRow } from "./items.ts";
import { callOf, noCall } from "./merge.ts";
import { personById, type Room } from "./room.ts";

/** waits tells whether a row is one of what waits in the room. */
export function waits(item: Item, room: Room): boolean {
  if (item.type === "prompt") return room.pending.some((a) => a.id === item.approval.id);
  return item.type === "permission" && room.permissions.some((p) => p.requestId === item.requestId);
}

/**
 * itemsWithWaiting returns the rows of the time line and, before them, rows for
 * what has been waiting since before the oldest event that is loaded.
 */
export function itemsWithWaiting(room: Room): readonly Item[] {
  const { items } = room.timeline;
  const known = new Set(
    items.map((r) =>
      r.type === "prompt" ? r.approval.id : r.type === "permission" ? r.requestId : null,
    ),
  );
  const at = items[0]?.at ?? Date.now();
  const cursor = items[0]?.cursor ?? "";
  const prompts = room.pending
    .filter((a) => !known.has(a.id))
    .map((approval): PromptRow => ({
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
    }));
  const questions = room.permissions
    .filter((p) => !known.has(p.requestId))
    .map((p): PermissionRow => {
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
        state: "open",
        optionId: null,
        source: null,
        answeredBy: null,
        turn: null,
      };
    });
  return prompts.length + questions.length === 0 ? items : [...prompts, ...questions, ...items];
}
