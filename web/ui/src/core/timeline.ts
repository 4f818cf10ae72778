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
  type AgentCommand,
  type Block,
  type PlanEntry,
  type ToolFields,
  type Update,
} from "./acp.ts";
import type { Item, PermissionRow, PromptRow, SayRow, ToolRow } from "./items.ts";
import { joined, merged, sameMessage } from "./merge.ts";
import { noticeOf } from "./notices.ts";
import type { SessionEvent } from "./wire.ts";

export interface Timeline {
  readonly items: readonly Item[];
  /** The approval whose turn runs. */
  readonly running: string | null;
  /** The newest plan of the agent. */
  readonly plan: readonly PlanEntry[] | null;
  /** What the agent calls its session. */
  readonly title: string | null;
  readonly usage: { used: number; size: number } | null;
  readonly commands: readonly AgentCommand[];
}

export const emptyTimeline: Timeline = {
  items: [],
  running: null,
  plan: null,
  title: null,
  usage: null,
  commands: [],
};

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
  private rest: Omit<Timeline, "items">;
  private at = 0;
  private cursor = "";

  constructor(before: Timeline) {
    const { items, ...rest } = before;
    this.items = items.slice();
    this.rest = rest;
  }

  done(): Timeline {
    return { ...this.rest, items: this.items };
  }

  take(e: SessionEvent): void {
    this.at = Date.parse(e.timestamp);
    this.cursor = e.cursor;
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
        this.prompt(e.payload.approval, { state: "rejected", decidedBy: e.payload.participant });
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
        this.turnEnds(e.payload.approvalId, "done", e.payload.stopReason ?? "");
        return;
      case "prompt_dispatch_failed":
        this.turnEnds(e.payload.approvalId, "failed", e.payload.error);
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
      key: `${row.type}:${this.cursor}`,
      cursor: this.cursor,
      at: this.at,
    } as Item);
  }

  private replace(i: number, row: Item): void {
    this.items[i] = row;
  }

  // Prompts and turns.

  private prompt(approval: Approval, change: Partial<PromptRow>): void {
    if (this.changePrompt(approval.id, { ...change, approval })) return;
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

  private approved(approval: Approval, by: Participant): void {
    const own = by.id === approval.participantId;
    this.prompt(approval, { state: "approved", decidedBy: by, ...(own ? { author: by } : {}) });
  }

  private changePrompt(id: string, change: Partial<PromptRow>): boolean {
    const i = this.items.findLastIndex((r) => r.type === "prompt" && r.approval.id === id);
    const row = this.items[i];
    if (row?.type !== "prompt") return false;
    this.replace(i, { ...row, ...change });
    return true;
  }

  private findPrompt(id: string): PromptRow | null {
    const row = this.items.findLast((r) => r.type === "prompt" && r.approval.id === id);
    return row?.type === "prompt" ? row : null;
  }

  private turnStarts(id: string): void {
    this.endSaying();
    this.rest = { ...this.rest, running: id, plan: null };
    this.changePrompt(id, { state: "running" });
    const last = this.items.findLast((r) => r.type !== "notice");
    if (last?.type === "prompt" && last.approval.id === id) return;
    this.add({
      type: "turn-start",
      approvalId: id,
      prompt: this.findPrompt(id)?.approval.prompt ?? "",
    });
  }

  private turnEnds(id: string, how: "done" | "failed", detail: string): void {
    const prompt = this.findPrompt(id);
    const cancelled = prompt?.cancelledBy != null || (how === "done" && detail === "cancelled");
    const state = cancelled ? "cancelled" : how;
    const began = this.rest.running === id ? this.turnBegan(id) : null;
    this.endSaying();
    this.endTools(id);
    this.changePrompt(id, { state });
    this.add({
      type: "turn-end",
      approvalId: id,
      state,
      detail,
      took: began === null ? null : this.at - began,
    });
    if (this.rest.running === id) this.rest = { ...this.rest, running: null };
  }

  // The first thing of the turn tells when it began well enough, and unlike
  // the start itself it is in the rows.
  private turnBegan(id: string): number | null {
    const first = this.items.findLastIndex(
      (r) =>
        (r.type === "prompt" ? r.approval.id : r.type === "turn-start" ? r.approvalId : "") === id,
    );
    const next = this.items.slice(first + 1).find((r) => "turn" in r && r.turn === id);
    return next?.at ?? null;
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
        this.tool(u.id, u.begins, u.fields);
        return;
      case "plan":
        this.plan(u.entries);
        return;
      case "commands":
        this.rest = { ...this.rest, commands: u.commands };
        return;
      case "usage":
        this.rest = { ...this.rest, usage: { used: u.used, size: u.size } };
        return;
      case "title":
        this.rest = { ...this.rest, title: u.title };
        return;
      case "other":
        this.other(u.name, raw);
    }
  }

  // What people say between two parts of a message does not split it.
  private lastOfAgent(): number {
    return this.items.findLastIndex(
      (r) => "turn" in r || r.type === "turn-start" || r.type === "turn-end",
    );
  }

  private say(voice: SayRow["voice"], messageId: string | null, block: Block): void {
    const i = this.lastOfAgent();
    const row = this.items[i];
    if (
      row?.type === "say" &&
      row.open &&
      row.voice === voice &&
      row.turn === this.rest.running &&
      sameMessage(row.messageId, messageId)
    ) {
      this.replace(i, { ...row, blocks: joined(row.blocks, block), until: this.at });
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
  }

  private endSaying(): void {
    const i = this.lastOfAgent();
    const row = this.items[i];
    if (row?.type === "say" && row.open) this.replace(i, { ...row, open: false });
  }

  private tool(id: string, begins: boolean, f: ToolFields): void {
    const i = this.findTool(id, begins);
    const row = this.items[i];
    if (row?.type === "tool") {
      this.replace(i, merged(row, f, this.at));
      return;
    }
    this.endSaying();
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
      endedAt: null,
      turn: this.rest.running,
    };
    this.add(merged(blank as ToolRow, f, this.at));
  }

  private endTools(turn: string): void {
    for (let i = this.items.length - 1; i >= 0; i--) {
      const row = this.items[i];
      if (row?.type === "turn-end") return; // what is before is of other turns
      if (row?.type === "tool" && row.turn === turn && row.endedAt === null) {
        this.replace(i, { ...row, status: "unfinished", endedAt: this.at });
      }
    }
  }

  // Agents that are started again may count from one again, so the same id
  // announced in another turn is another call.
  private findTool(id: string, begins: boolean): number {
    return this.items.findLastIndex(
      (r) => r.type === "tool" && r.id === id && (!begins || r.turn === this.rest.running),
    );
  }

  private plan(entries: PlanEntry[]): void {
    this.rest = { ...this.rest, plan: entries };
    const i = this.items.findLastIndex((r) => r.type === "plan");
    const row = this.items[i];
    if (row?.type === "plan" && row.turn === this.rest.running) {
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
    if (id !== null) this.tool(id, false, fields);
    else this.endSaying();
    this.add({
      type: "permission",
      requestId,
      toolId: id,
      title: fields.title ?? "",
      options: readOptions(options),
      state: "open",
      optionId: null,
      source: null,
      answeredBy: null,
      turn: this.rest.running,
    });
  }

  private changePermission(id: string, change: Partial<PermissionRow>): void {
    const i = this.items.findLastIndex((r) => r.type === "permission" && r.requestId === id);
    const row = this.items[i];
    if (row?.type === "permission") this.replace(i, { ...row, ...change });
  }

  private other(name: string, raw: unknown): void {
    const i = this.lastOfAgent();
    const row = this.items[i];
    if (row?.type === "other" && row.name === name) {
      this.replace(i, { ...row, raw: [...row.raw, raw] });
      return;
    }
    this.endSaying();
    this.add({ type: "other", name, raw: [raw], turn: this.rest.running });
  }

  // What concerns the session and who is in it.

  private notice(e: KnownEvent): void {
    const notice = noticeOf(e);
    if (notice) this.add({ type: "notice", notice });
    if (e.type === "session_closed") this.rest = { ...this.rest, running: null };
  }
}
