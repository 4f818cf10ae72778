/** Folds requests of the agent for input. */

import type { Elicitation, SessionEvent } from "../protocol.gen.js";
import type { Draft } from "./draft.js";
import { findElicitation } from "./find.js";
import { endSaying } from "./foldSaid.js";
import type { ElicitationRow } from "./items.js";

/** Folds an event about a request for input. It ignores other events. */
export function foldElicitation(d: Draft, e: SessionEvent): void {
  switch (e.type) {
    case "elicitation_requested":
      return ask(d, e.payload);
    case "elicitation_resolved": {
      const { requestId, action, source, participant } = e.payload;
      return change(d, requestId, (row) => ({
        ...row,
        state: answered(row.request, action),
        source,
        answeredBy: participant,
      }));
    }
    case "elicitation_withdrawn":
      return change(d, e.payload.requestId, (row) => ({
        ...row,
        state: row.state === "opened" ? "accepted" : "withdrawn",
      }));
    case "elicitation_completed":
      return change(d, e.payload.requestId, (row) => ({ ...row, state: "completed" }));
  }
}

function ask(d: Draft, request: Elicitation): void {
  const by = request.acceptedBy ?? null;
  endSaying(d);
  d.add({
    type: "elicitation",
    request,
    state: by === null ? "open" : "opened",
    source: by === null ? null : "participant",
    answeredBy: by,
    turn: d.state.running,
  });
}

function answered(request: Elicitation, action: string): ElicitationRow["state"] {
  if (action === "accept") return request.mode === "url" ? "opened" : "accepted";
  return action === "decline" ? "declined" : "cancelled";
}

function change(d: Draft, id: string, now: (row: ElicitationRow) => ElicitationRow): void {
  const i = findElicitation(d.items, id);
  const row = d.items[i];
  if (row?.type === "elicitation") {
    d.items[i] = now(row);
    return;
  }
  d.stray();
  const carried = d.carried[findElicitation(d.carried, id)];
  if (carried?.type === "elicitation") d.changeCarried((r) => r === carried, now(carried));
}
