/** Folds prompts and turns into rows. */

import type {
  Approval,
  Participant,
  QueuedPrompt,
  SessionEvent as KnownEvent,
} from "../protocol.gen.js";
import { isKnownEvent } from "../state.js";

import type { Draft } from "./draft.js";
import { findPrompt } from "./find.js";
import { endSaying } from "./foldSaid.js";
import { endTools } from "./foldTools.js";
import type { Item, PromptRow, TurnEndRow } from "./items.js";
import type { SessionEvent } from "./wire.js";

/** Returns the row of a prompt, or the carried one. */
function promptOf(d: Draft, id: string): PromptRow | undefined {
  const row = d.items[findPrompt(d.items, id)] ?? d.carried[findPrompt(d.carried, id)];
  return row?.type === "prompt" ? row : undefined;
}

/** Adds the row of a prompt, or changes it. */
export function putPrompt(d: Draft, approval: Approval, change: Partial<PromptRow>): void {
  if (findPrompt(d.items, approval.id) >= 0) {
    changePrompt(d, approval.id, { ...change, approval });
    return;
  }
  d.add({
    type: "prompt",
    approval,
    state: "pending",
    author: null,
    decidedBy: null,
    cancelledBy: null,
    ahead: 0,
    during: d.state.running,
    ...change,
  });
}

/** Folds an approval. A prompt that its author did not approve has a row from its proposal. */
export function foldApproved(d: Draft, approval: Approval, by: Participant): void {
  const change = { state: "approved", decidedBy: by, approval } as const;
  if (by.id === approval.participantId) putPrompt(d, approval, { ...change, author: by });
  else changePrompt(d, approval.id, change);
}

/** Changes the row of a prompt. */
export function changePrompt(d: Draft, id: string, change: Partial<PromptRow>): void {
  const i = findPrompt(d.items, id);
  const row = d.items[i];
  if (row?.type === "prompt") {
    d.items[i] = { ...row, ...change };
    return;
  }
  d.stray();
  d.changeCarried((r) => r.type === "prompt" && r.approval.id === id, change);
}

/** Folds the places of the prompts that wait. */
export function foldQueue(d: Draft, queue: readonly QueuedPrompt[]): void {
  for (const { approvalId, ahead } of queue) {
    const state = promptOf(d, approvalId)?.state;
    changePrompt(d, approvalId, state === "approved" ? { state: "queued", ahead } : { ahead });
  }
}

/** Begins a turn. It has a row of its own unless its prompt stands right above. */
export function foldTurnStart(d: Draft, id: string): void {
  endSaying(d);
  d.state = { ...d.state, running: id, since: d.at, plan: null, looksAt: null, usage: null };
  changePrompt(d, id, { state: "running" });
  const last = d.items.findLast((r) => r.type !== "notice");
  const isBelowPrompt = last?.type === "prompt" && last.approval.id === id;
  if (!isBelowPrompt)
    d.add({
      type: "turn-start",
      approvalId: id,
      prompt: promptOf(d, id)?.approval.prompt ?? promptText(d.strays, id),
    });
  d.state.start = d.items.length;
}

/** Ends the turn of a prompt, or a prompt that never ran. */
export function foldTurnEnd(d: Draft, id: string, how: "done" | "failed", detail: string): void {
  const prompt = promptOf(d, id);
  const ran = d.state.running === id;
  const state = endState(how, detail, prompt);
  if (ran) {
    endSaying(d);
    endTools(d);
  }
  changePrompt(d, id, { state });
  const took = ran && d.state.since !== null ? d.at - d.state.since : null;
  const cancelledBy = prompt?.cancelledBy ?? null;
  const { usage } = d.state;
  d.add({ type: "turn-end", approvalId: id, state, detail, cancelledBy, took, usage });
  if (ran) endTurn(d);
}

/** Records that no turn runs. */
export function endTurn(d: Draft): void {
  const start = d.items.length;
  d.state = { ...d.state, running: null, since: null, looksAt: null, usage: null, start };
}

/** Lets the start of a turn change the row of its prompt, but adds no row. */
export function amendTurnStart(d: Draft, id: string): void {
  changePrompt(d, id, { state: "running" });
}

/** Lets the end of a turn change the row of its prompt, but adds no row. */
export function amendTurnEnd(d: Draft, id: string, how: "done" | "failed", detail: string): void {
  changePrompt(d, id, { state: endState(how, detail, promptOf(d, id)) });
}

/** An event that ends a turn. */
export type TurnEndEvent = Extract<
  KnownEvent,
  { type: "prompt_dispatch_completed" | "prompt_dispatch_failed" }
>;

/** Returns how a turn ended according to its event alone. */
export function ending(e: TurnEndEvent): ["done" | "failed", string] {
  return e.type === "prompt_dispatch_completed"
    ? ["done", e.payload.stopReason ?? ""]
    : ["failed", e.payload.error];
}

/** Returns how a turn ended for people: a cancelled turn has neither failed nor been done. */
export function endState(
  how: "done" | "failed",
  detail: string,
  prompt: Item | undefined,
): TurnEndRow["state"] {
  const cancelled = prompt?.type === "prompt" && prompt.cancelledBy !== null;
  return cancelled || detail === "cancelled" ? "cancelled" : how;
}

/** Returns the text of a prompt that has no row here; "" if it is unknown. */
export function promptText(strays: readonly SessionEvent[], id: string): string {
  for (const e of strays.toReversed()) {
    if (isKnownEvent(e) && e.type === "prompt_approved" && e.payload.approval.id === id)
      return e.payload.approval.prompt;
  }
  return "";
}
