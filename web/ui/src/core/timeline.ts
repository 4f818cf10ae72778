/**
 * The time line: what happened in a session, folded into rows. apply is pure,
 * and rows that did not change stay the same objects, so that only what is new
 * has to be drawn.
 */

import {
  isKnownEvent,
  type SessionEvent as KnownEvent,
  type Approval,
  type Participant,
} from "parley-client";

import {
  isObject,
  readOptions,
  readToolFields,
  readUpdate,
  type Block,
  type PlanEntry,
  type ToolFields,
  type Update,
} from "./acp.ts";
import { findPermission, findPlan, findPrompt, findTool } from "./find.ts";
import {
  isUnsettled,
  type Call,
  type Item,
  type PermissionRow,
  type PromptRow,
  type SayRow,
  type ToolRow,
  type TurnEndRow,
} from "./items.ts";
import { callOf, completed, isDiff, joined, merged, noCall, sameMessage } from "./merge.ts";
import { noticeOf } from "./notices.ts";
import type { SessionEvent } from "./wire.ts";

export interface Timeline {
  readonly items: readonly Item[];
  /** The approval whose turn ran before the first event, as far as is known. */
  readonly first: string | null;
  /** The approval whose turn runs. */
  readonly running: string | null;
  /** When it began; null if that was before the first event here. */
  readonly since: number | null;
  /** The place of the first row of that turn, or of the time since the last one. */
  readonly start: number;
  /** The place of the row that the agent's next words may go on with; -1 for none. */
  readonly open: number;
  /** The newest plan of the agent; null in a turn without one, undefined where nothing is known. */
  readonly plan: readonly PlanEntry[] | null | undefined;
  /** Events that concern rows of earlier turns, or of before the first event here. */
  readonly strays: readonly SessionEvent[];
  /**
   * Rows of before the first event here of which more may be told: prompts and
   * questions that are not settled, and calls of this turn that go on.
   */
  readonly carried: readonly Item[];
  /** Whether more is known than the events tell that are loaded: older ones were dropped. */
  readonly cut: boolean;
}

export const emptyTimeline: Timeline = {
  items: [],
  first: null,
  running: null,
  since: null,
  start: 0,
  open: -1,
  plan: undefined,
  strays: [],
  carried: [],
  cut: false,
};

/** fold makes the time line of events before which that turn was running, or none. */
export function fold(first: string | null, events: readonly SessionEvent[]): Timeline {
  return apply({ ...emptyTimeline, first, running: first }, events);
}

/**
 * amend lets events that came later change the rows that they concern. It adds
 * no rows: those are elsewhere already. Events whose rows are not here stay strays.
 */
export function amend(before: Timeline, later: readonly SessionEvent[]): Timeline {
  if (later.length === 0) return before;
  const draft = new Draft(before);
  for (const e of later) draft.amend(e);
  return draft.done();
}

/** apply folds events, oldest first, into a time line. */
export function apply(before: Timeline, events: readonly SessionEvent[]): Timeline {
  if (events.length === 0) return before;
  const draft = new Draft(before);
  for (const e of events) draft.take(e);
  return draft.done();
}

type Fresh<T> = T extends Item ? Omit<T, "key" | "cursor" | "at"> : never;

class Draft {
  private readonly items: Item[];
  private readonly strays: SessionEvent[];
  private carried: readonly Item[];
  private rest: {
    -readonly [K in keyof Omit<Timeline, "items" | "strays" | "carried">]: Timeline[K];
  };
  private event!: SessionEvent;
  private at = 0;

  constructor(before: Timeline) {
    const { items, strays, carried, ...rest } = before;
    this.items = items.slice();
    this.strays = strays.slice();
    this.carried = carried;
    this.rest = rest;
  }

  done(): Timeline {
    const { items, strays, carried } = this;
    return { ...this.rest, items, strays, carried };
  }

  amend(e: SessionEvent): void {
    this.event = e;
    if (!isKnownEvent(e)) return;
    switch (e.type) {
      case "prompt_dispatch_started":
        this.changePrompt(e.payload.approvalId, { state: "running" });
        return;
      case "prompt_dispatch_completed":
      case "prompt_dispatch_failed": {
        const prompt = this.promptOf(e.payload.approvalId);
        this.changePrompt(e.payload.approvalId, { state: endState(...ending(e), prompt) });
        return;
      }
      case "host_session_update":
      case "permission_requested":
        this.stray(); // it is about a call that has its row elsewhere
        return;
      default:
        this.take(e);
    }
  }

  take(e: SessionEvent): void {
    this.at = Date.parse(e.timestamp);
    this.event = e;
    if (!isKnownEvent(e)) {
      this.add({ type: "notice", notice: { what: "unknown", name: e.type, raw: e.payload } });
      return;
    }
    switch (e.type) {
      case "message_created":
        // A proposed prompt has a row of its own.
        if (e.payload.message.kind === "prompt") return;
        this.add({
          type: "chat",
          message: e.payload.message,
          author: e.payload.participant,
          during: this.rest.running,
        });
        return;
      case "prompt_pending_approval":
        this.prompt(e.payload.approval, { state: "pending", author: e.payload.participant });
        return;
      case "prompt_approved":
        this.approved(e.payload.approval, e.payload.participant);
        return;
      case "prompt_rejected":
        this.changePrompt(e.payload.approval.id, {
          state: "rejected",
          approval: e.payload.approval,
          decidedBy: e.payload.participant,
        });
        return;
      case "prompt_queued":
        this.changePrompt(e.payload.approvalId, { state: "queued", ahead: e.payload.ahead });
        return;
      case "prompt_cancelled":
        this.changePrompt(e.payload.approvalId, {
          state: "cancelling",
          cancelledBy: e.payload.participant,
        });
        return;
      case "prompt_dispatch_started":
        this.turnStarts(e.payload.approvalId);
        return;
      case "prompt_dispatch_completed":
      case "prompt_dispatch_failed":
        this.turnEnds(e.payload.approvalId, ...ending(e));
        return;
      case "host_session_update":
        this.update(readUpdate(e.payload.notification), e.payload.notification);
        return;
      case "permission_requested":
        this.asked(e.payload.requestId, e.payload.toolCall, e.payload.options);
        return;
      case "permission_resolved":
        this.changePermission(e.payload.requestId, {
          state: e.payload.outcome === "selected" ? "selected" : "cancelled",
          optionId: e.payload.optionId,
          source: e.payload.source,
          answeredBy: e.payload.participant,
        });
        return;
      case "permission_withdrawn":
        this.changePermission(e.payload.requestId, { state: "withdrawn" });
        return;
      default:
        this.notice(e);
    }
  }

  private add(row: Fresh<Item>): void {
    this.items.push({
      ...row,
      key: `${row.type}:${this.event.cursor}`,
      cursor: this.event.cursor,
      at: this.at,
    } as Item);
  }

  private replace(i: number, row: Item): void {
    this.items[i] = row;
  }

  private stray(): void {
    if (this.strays.at(-1) !== this.event) this.strays.push(this.event);
  }

  /** Changes the rows that were carried along, and forgets those that are settled by it. */
  private changeCarried(isMeant: (row: Item) => boolean, change: Partial<Item>): void {
    if (!this.carried.some(isMeant)) return;
    this.carried = this.carried
      .map((row) => (isMeant(row) ? ({ ...row, ...change } as Item) : row))
      .filter(isUnsettled);
  }

  // Prompts and turns.

  private promptOf(id: string): PromptRow | undefined {
    const row =
      this.items[findPrompt(this.items, id)] ?? this.carried[findPrompt(this.carried, id)];
    return row?.type === "prompt" ? row : undefined;
  }

  private prompt(approval: Approval, change: Partial<PromptRow>): void {
    if (findPrompt(this.items, approval.id) >= 0) {
      this.changePrompt(approval.id, { ...change, approval });
      return;
    }
    this.add({
      type: "prompt",
      approval,
      state: "pending",
      author: null,
      decidedBy: null,
      cancelledBy: null,
      ahead: 0,
      during: this.rest.running,
      ...change,
    });
  }

  // What somebody else approves was proposed before, and has its row there.
  private approved(approval: Approval, by: Participant): void {
    const change = { state: "approved", decidedBy: by, approval } as const;
    if (by.id === approval.participantId) this.prompt(approval, { ...change, author: by });
    else this.changePrompt(approval.id, change);
  }

  private changePrompt(id: string, change: Partial<PromptRow>): void {
    const i = findPrompt(this.items, id);
    const row = this.items[i];
    if (row?.type === "prompt") {
      this.replace(i, { ...row, ...change });
      return;
    }
    this.stray();
    this.changeCarried((r) => r.type === "prompt" && r.approval.id === id, change);
  }

  private turnStarts(id: string): void {
    this.endSaying();
    this.rest = { ...this.rest, running: id, since: this.at, plan: null };
    this.changePrompt(id, { state: "running" });
    const last = this.items.findLast((r) => r.type !== "notice");
    const follows = last?.type === "prompt" && last.approval.id === id;
    if (!follows)
      this.add({
        type: "turn-start",
        approvalId: id,
        prompt: this.promptOf(id)?.approval.prompt ?? promptText(this.strays, id),
      });
    this.rest.start = this.items.length;
  }

  private turnEnds(id: string, how: "done" | "failed", detail: string): void {
    const prompt = this.promptOf(id);
    const ran = this.rest.running === id;
    const state = endState(how, detail, prompt);
    if (ran) {
      this.endSaying();
      this.endTools();
    }
    this.changePrompt(id, { state });
    const took = ran && this.rest.since !== null ? this.at - this.rest.since : null;
    const cancelledBy = prompt?.cancelledBy ?? null;
    this.add({ type: "turn-end", approvalId: id, state, detail, cancelledBy, took });
    if (ran) this.rest = { ...this.rest, running: null, since: null, start: this.items.length };
  }

  // The agent.

  private update(u: Update, raw: unknown): void {
    switch (u.kind) {
      case "message":
      case "thought":
      case "user":
        this.say(u.kind, u.messageId, u.block);
        return;
      case "tool":
        // An update can be about metadata alone.
        if (u.begins || Object.keys(u.fields).length > 0) this.tool(u.id, u.begins, u.fields);
        return;
      case "plan":
        this.plan(u.entries);
        return;
      case "mode":
        this.add({ type: "notice", notice: { what: "agentMode", mode: u.mode } });
        return;
      case "quiet":
        return;
      case "other":
        this.other(u.name, raw);
    }
  }

  // What people say between two parts of a message does not split it.
  private say(voice: SayRow["voice"], messageId: string | null, block: Block): void {
    const row = this.items[this.rest.open];
    if (row?.type === "say" && row.voice === voice && sameMessage(row.messageId, messageId)) {
      const blocks = joined(row.blocks, block);
      this.replace(this.rest.open, { ...row, blocks, until: this.at });
      return;
    }
    this.endSaying();
    this.add({
      type: "say",
      voice,
      messageId,
      blocks: [block],
      until: this.at,
      open: true,
      turn: this.rest.running,
    });
    this.rest.open = this.items.length - 1;
  }

  private endSaying(): void {
    const row = this.items[this.rest.open];
    if (row?.type === "say") this.replace(this.rest.open, { ...row, open: false });
    this.rest.open = -1;
  }

  private tool(id: string, begins: boolean, f: ToolFields): void {
    const { start } = this.rest;
    const i = findTool(this.items, id, begins, start);
    if (!begins && i < start) this.stray();
    const carried = i < start ? this.takeCarriedTool(id) : undefined;
    const row = carried ?? this.items[i];
    if (row?.type !== "tool") {
      this.endSaying();
      this.add(merged(blankTool(id, this.rest.running), f, this.at));
      return;
    }
    const now = merged(row, f, this.at);
    if (carried) {
      this.endSaying();
      this.items.push({ ...now, cursor: this.event.cursor });
    } else this.replace(i, now);
    if (now.question !== null) this.complete(now.question, now);
  }

  /** A call of this turn whose row is not here any more has one again where more is told of it. */
  private takeCarriedTool(id: string): ToolRow | undefined {
    const row = this.carried.findLast((r) => r.type === "tool" && r.id === id);
    if (row) this.carried = this.carried.filter((r) => r !== row);
    return row?.type === "tool" ? row : undefined;
  }

  private complete(question: string, now: ToolRow): void {
    const i = findPermission(this.items, question);
    const row = this.items[i];
    if (row?.type === "permission" && row.state === "open")
      this.replace(i, { ...row, call: completed(row.call, now) });
    const carried = this.carried[findPermission(this.carried, question)];
    if (carried?.type === "permission")
      this.changeCarried((r) => r === carried, { call: completed(carried.call, now) });
  }

  private endTools(): void {
    for (let i = this.rest.start; i < this.items.length; i++) {
      const row = this.items[i];
      if (row?.type === "tool" && row.endedAt === null) {
        this.replace(i, { ...row, status: "unfinished", endedAt: this.at });
      }
    }
    this.carried = this.carried.filter((r) => r.type !== "tool");
  }

  private plan(entries: PlanEntry[]): void {
    this.rest = { ...this.rest, plan: entries };
    const i = findPlan(this.items, this.rest.start);
    const row = this.items[i];
    if (row?.type === "plan") {
      this.replace(i, { ...row, entries });
      return;
    }
    this.endSaying();
    this.add({ type: "plan", entries, turn: this.rest.running });
  }

  private asked(requestId: string, toolCall: unknown, options: unknown): void {
    const call = isObject(toolCall) ? toolCall : {};
    const id = typeof call.toolCallId === "string" ? call.toolCallId : null;
    const fields = readToolFields(call);
    // The question can be the only announcement of its call.
    const about = id === null ? null : this.askedAbout(id, requestId, fields);
    if (about === null) this.endSaying();
    this.add({
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
      turn: this.rest.running,
    });
  }

  /** Returns the call as the question and what was told before it describe it. */
  private askedAbout(id: string, question: string, fields: ToolFields): Call {
    this.tool(id, false, fields);
    const i = findTool(this.items, id, false, this.rest.start);
    const row = this.items[i];
    if (row?.type !== "tool") return callOf({ ...noCall, ...fields });
    this.replace(i, { ...row, question, asked: row.content.filter(isDiff) });
    return callOf(row);
  }

  private changePermission(id: string, change: Partial<PermissionRow>): void {
    const i = findPermission(this.items, id);
    const row = this.items[i];
    if (row?.type !== "permission") {
      this.stray();
      this.changeCarried((r) => r.type === "permission" && r.requestId === id, change);
      return;
    }
    this.replace(i, { ...row, ...change });
  }

  private other(name: string, raw: unknown): void {
    const row = this.items[this.rest.open];
    if (row?.type === "other" && row.name === name) {
      this.replace(this.rest.open, { ...row, raw: [...row.raw, raw] });
      return;
    }
    this.endSaying();
    this.add({ type: "other", name, raw: [raw], turn: this.rest.running });
    this.rest.open = this.items.length - 1;
  }

  // What concerns the session and who is in it.

  private notice(e: KnownEvent): void {
    const notice = noticeOf(e);
    if (notice) this.add({ type: "notice", notice });
    if (e.type === "session_closed") this.rest = { ...this.rest, running: null, since: null };
  }
}

function blankTool(id: string, turn: string | null): ToolRow {
  const blank: Fresh<ToolRow> = {
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

type Ending = Extract<KnownEvent, { type: "prompt_dispatch_completed" | "prompt_dispatch_failed" }>;

/** How a turn ended by the event alone. */
export function ending(e: Ending): ["done" | "failed", string] {
  return e.type === "prompt_dispatch_completed"
    ? ["done", e.payload.stopReason ?? ""]
    : ["failed", e.payload.error];
}

/** How it ended for people: what somebody cancelled has neither failed nor been done. */
export function endState(
  how: "done" | "failed",
  detail: string,
  prompt: Item | undefined,
): TurnEndRow["state"] {
  const cancelled = prompt?.type === "prompt" && prompt.cancelledBy !== null;
  return cancelled || detail === "cancelled" ? "cancelled" : how;
}

/** The text of a prompt whose row is missing here. */
export function promptText(strays: readonly SessionEvent[], id: string): string {
  for (const e of strays.toReversed()) {
    if (isKnownEvent(e) && e.type === "prompt_approved" && e.payload.approval.id === id)
      return e.payload.approval.prompt;
  }
  return "";
}
