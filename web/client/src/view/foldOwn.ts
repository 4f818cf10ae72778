/** Folds turns that the agent began without a prompt. */

import type { AgentTurnEnded } from "../protocol.gen.js";

import type { Draft } from "./draft.js";
import { endTurn } from "./foldPrompts.js";
import { endSaying } from "./foldSaid.js";
import { endTools } from "./foldTools.js";
import { ownTurn } from "./turns.js";

/** Begins a turn without a prompt. */
export function foldOwnStart(d: Draft): void {
  endSaying(d);
  d.state = { ...d.state, running: ownTurn, since: d.at, plan: null, looksAt: null, usage: null };
  d.add({ type: "turn-start", approvalId: ownTurn, prompt: "" });
  d.state.start = d.items.length;
}

/** Ends a turn without a prompt. */
export function foldOwnEnd(d: Draft, { stopReason = "", error = "" }: AgentTurnEnded): void {
  endSaying(d);
  endTools(d);
  const cancelled = error === "cancelled" || stopReason === "cancelled";
  d.add({
    type: "turn-end",
    approvalId: ownTurn,
    state: cancelled ? "cancelled" : error ? "failed" : "done",
    detail: error || stopReason,
    cancelledBy: null,
    took: d.state.since === null ? null : d.at - d.state.since,
    usage: d.state.usage,
  });
  endTurn(d);
}
