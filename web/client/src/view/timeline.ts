/**
 * The timeline: what happened in a session, folded into rows. All functions are
 * pure, and unchanged rows stay the same objects, so that only what is new is
 * rendered.
 */

import type { SessionEvent as KnownEvent } from "../protocol.gen.js";
import { isKnownEvent } from "../state.js";

import { readUpdate } from "./acp.js";
import { Draft } from "./draft.js";
import { foldUpdate } from "./foldAgent.js";
import { foldElicitation } from "./foldElicitation.js";
import { foldOwnEnd, foldOwnStart } from "./foldOwn.js";
import { foldOptions } from "./foldOptions.js";
import {
  amendTurnEnd,
  amendTurnStart,
  changePrompt,
  ending,
  foldApproved,
  foldTurnEnd,
  foldQueue,
  foldTurnStart,
  putPrompt,
} from "./foldPrompts.js";
import { changePermission, foldQuestion } from "./foldTools.js";
import type { NoticeRow } from "./items.js";
import { merged, noticeOf, type Notice } from "./notices.js";
import { emptyTimeline, type Timeline } from "./timelineState.js";
import type { SessionEvent } from "./wire.js";

export { emptyTimeline, type Timeline };

/** Returns the timeline of events. first is the approval whose turn ran before them, if any. */
export function fold(first: string | null, events: readonly SessionEvent[]): Timeline {
  return apply({ ...emptyTimeline, first, running: first }, events);
}

/** Folds further events, oldest first, into a timeline. */
export function apply(before: Timeline, events: readonly SessionEvent[]): Timeline {
  return folded(before, events, take);
}

/**
 * Lets later events change the rows that they concern. It adds no rows, since
 * those stand elsewhere. Events whose rows are not here stay strays.
 */
export function amend(before: Timeline, later: readonly SessionEvent[]): Timeline {
  return folded(before, later, amendOne);
}

function folded(
  before: Timeline,
  events: readonly SessionEvent[],
  one: (d: Draft, e: SessionEvent) => void,
): Timeline {
  if (events.length === 0) return before;
  const draft = new Draft(before);
  for (const e of events) {
    draft.begin(e);
    const rows = e.redaction && draft.items.slice();
    one(draft, e);
    if (rows) draft.mark(rows, e.redaction!);
  }
  return draft.done();
}

function amendOne(d: Draft, e: SessionEvent): void {
  if (!isKnownEvent(e)) return;
  switch (e.type) {
    case "prompt_dispatch_started":
      return amendTurnStart(d, e.payload.approvalId);
    case "prompt_dispatch_completed":
    case "prompt_dispatch_failed":
      return amendTurnEnd(d, e.payload.approvalId, ...ending(e));
    case "queue_changed":
      return foldQueue(d, e.payload.queue);
    case "agent_turn_started":
    case "agent_turn_ended":
      return;
    default:
      take(d, e);
  }
}

function take(d: Draft, e: SessionEvent): void {
  if (!isKnownEvent(e)) {
    if (e.type === "hidden") return; // it stands for events that are not for this reader
    d.add({ type: "notice", notice: { what: "unknown", name: e.type, raw: e.payload } });
    return;
  }
  switch (e.type) {
    case "message_created":
      return takeMessage(d, e.payload);
    case "host_session_update":
      return foldUpdate(d, readUpdate(e.payload.notification), e.payload.notification);
    case "permission_requested":
      return foldQuestion(d, e.payload);
    case "permission_resolved":
      return takeAnswer(d, e.payload);
    case "permission_withdrawn":
      return changePermission(d, e.payload.requestId, { state: "withdrawn" });
    default:
      takePrompt(d, e);
  }
}

function takePrompt(d: Draft, e: KnownEvent): void {
  switch (e.type) {
    case "prompt_pending_approval":
      return putPrompt(d, e.payload.approval, { state: "pending", author: e.payload.participant });
    case "prompt_approved":
      return foldApproved(d, e.payload.approval, e.payload.participant);
    case "prompt_rejected": {
      const { approval, participant } = e.payload;
      return changePrompt(d, approval.id, { state: "rejected", approval, decidedBy: participant });
    }
    case "prompt_queued":
      return changePrompt(d, e.payload.approvalId, { state: "queued", ahead: e.payload.ahead });
    case "queue_changed":
      foldQueue(d, e.payload.queue);
      if (e.payload.participant)
        d.add({ type: "notice", notice: { what: "moved", who: e.payload.participant } });
      return;
    case "prompt_cancelled": {
      const { approvalId, participant } = e.payload;
      return changePrompt(d, approvalId, { state: "cancelling", cancelledBy: participant });
    }
    case "prompt_dispatch_started":
      return foldTurnStart(d, e.payload.approvalId);
    case "prompt_dispatch_completed":
    case "prompt_dispatch_failed":
      return foldTurnEnd(d, e.payload.approvalId, ...ending(e));
    case "agent_turn_started":
      return foldOwnStart(d);
    case "agent_turn_ended":
      return foldOwnEnd(d, e.payload);
    default:
      takeNotice(d, e);
  }
}

type Payload<Type extends KnownEvent["type"]> = Extract<KnownEvent, { type: Type }>["payload"];

function takeMessage(d: Draft, { message, participant }: Payload<"message_created">): void {
  if (message.kind === "prompt") return; // a proposed prompt has a row of its own
  d.add({ type: "chat", message, author: participant, during: d.state.running });
}

function takeAnswer(d: Draft, answer: Payload<"permission_resolved">): void {
  const { requestId, outcome, optionId, source, participant } = answer;
  const state = outcome === "selected" ? "selected" : "cancelled";
  changePermission(d, requestId, { state, optionId, source, answeredBy: participant });
}

/** Adds a notice, to the one in the last row if that is of the same kind. */
function tell(d: Draft, notice: Notice): void {
  const last = d.items.at(-1);
  const both = last?.type === "notice" ? merged(last.notice, d.at - last.at, notice) : null;
  if (both) d.items[d.items.length - 1] = { ...(last as NoticeRow), notice: both };
  else d.add({ type: "notice", notice });
}

/** What concerns the session and its people. */
function takeNotice(d: Draft, e: KnownEvent): void {
  foldOptions(d, e);
  foldElicitation(d, e);
  const notice = noticeOf(e);
  if (notice) tell(d, notice);
  if (e.type === "session_closed")
    d.state = { ...d.state, running: null, since: null, looksAt: null };
}
