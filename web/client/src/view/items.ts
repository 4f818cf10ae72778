/** The rows of a room's timeline. */

import type { Approval, Message, Participant, PermissionSource } from "../protocol.gen.js";

import type {
  Block,
  PermissionOption,
  PlanEntry,
  TerminalExit,
  ToolContent,
  ToolStatus,
} from "./acp.js";

interface Row {
  /** Unique among the rows, and constant for the life of the row. */
  key: string;
  /** The cursor of the event that the row began with. */
  cursor: string;
  /** When it began, in milliseconds. */
  at: number;
}

/** A row of people. during is the turn that ran at the time. */
interface PeopleRow extends Row {
  during: string | null;
}

export interface ChatRow extends PeopleRow {
  type: "chat";
  message: Message;
  author: Participant;
}

export type PromptState =
  | "pending"
  | "approved"
  | "queued"
  | "running"
  | "cancelling"
  | "done"
  | "cancelled"
  | "failed"
  | "rejected";

/** A prompt, from its proposal to its end. */
export interface PromptRow extends PeopleRow {
  type: "prompt";
  approval: Approval;
  state: PromptState;
  author: Participant | null;
  decidedBy: Participant | null;
  cancelledBy: Participant | null;
  ahead: number;
}

/** The start of the turn for a prompt that was proposed further up. */
export interface TurnStartRow extends Row {
  type: "turn-start";
  approvalId: string;
  prompt: string;
}

export interface TurnEndRow extends Row {
  type: "turn-end";
  approvalId: string;
  state: "done" | "cancelled" | "failed";
  detail: string;
  cancelledBy: Participant | null;
  took: number | null;
}

/** A row of the agent. turn is the id of an approval; null outside of turns. */
interface AgentRow extends Row {
  turn: string | null;
}

export interface SayRow extends AgentRow {
  type: "say";
  voice: "message" | "thought" | "user";
  messageId: string | null;
  blocks: readonly Block[];
  /** When the last part was received, in milliseconds. */
  until: number;
  /** Whether more may follow. */
  open: boolean;
}

/** What an agent says about a tool call before making it. */
export interface Call {
  title: string;
  kind: string;
  content: readonly ToolContent[];
  paths: readonly string[];
  input: unknown;
}

/** A terminal whose output an agent sends with a tool call. */
export interface TerminalView {
  id: string;
  cwd: string | null;
  /** The newest output. */
  output: string;
  /** How many characters of older output were dropped. */
  dropped: number;
  exit: TerminalExit | null;
}

export interface ToolRow extends AgentRow, Call {
  type: "tool";
  id: string;
  /** unfinished: the turn has ended without a result of the call. */
  status: ToolStatus | "unfinished";
  output: unknown;
  terminals: readonly TerminalView[];
  /** Diffs that a question showed. Later content without a diff does not replace them. */
  asked: readonly ToolContent[];
  /** The id of the last question about this call. */
  question: string | null;
  endedAt: number | null;
}

export interface PlanRow extends AgentRow {
  type: "plan";
  entries: readonly PlanEntry[];
}

export interface PermissionRow extends AgentRow {
  type: "permission";
  requestId: string;
  toolId: string | null;
  /** What the question is about, as of the time when it was asked. */
  call: Call;
  options: readonly PermissionOption[];
  /** The size of the whole question in bytes if only its name is here, without options; else 0. */
  cut: number;
  state: "open" | "selected" | "cancelled" | "withdrawn";
  optionId: string | null;
  source: PermissionSource | null;
  answeredBy: Participant | null;
}

/** Notifications of kinds that this version does not know. */
export interface OtherRow extends AgentRow {
  type: "other";
  name: string;
  raw: readonly unknown[];
}

export type Notice =
  | { what: "created" }
  | { what: "joined" | "role"; who: Participant }
  | { what: "left"; who: Participant; removed: boolean; reason: string | null }
  | { what: "mode"; who: Participant; mode: string }
  | { what: "invite"; who: Participant }
  | { what: "closed"; status: string }
  | { what: "agent"; status: string; detail: string | null }
  | { what: "forgot"; reason: string }
  | { what: "stray" }
  | { what: "agentMode"; mode: string }
  | { what: "option"; who: Participant; optionId: string; value: unknown }
  | {
      what: "optionFailed";
      who: Participant;
      optionId: string;
      value: unknown;
      reason: string;
      /** Whether prompts wait until the host sets a mode. */
      promptsWait: boolean;
    }
  | { what: "unknown"; name: string; raw: unknown };

export interface NoticeRow extends Row {
  type: "notice";
  notice: Notice;
}

export type Item =
  | ChatRow
  | PromptRow
  | TurnStartRow
  | TurnEndRow
  | SayRow
  | ToolRow
  | PlanRow
  | PermissionRow
  | OtherRow
  | NoticeRow;

const settledPrompts: readonly PromptState[] = ["done", "cancelled", "failed", "rejected"];

/** Reports whether later events may still change what a row is about. */
export function isUnsettled(row: Item): boolean {
  if (row.type === "prompt") return !settledPrompts.includes(row.state);
  if (row.type === "permission") return row.state === "open";
  return row.type === "tool" && row.endedAt === null;
}

/** Reports whether a row would repeat the name and the time of the row above it. */
export function isFollowUp(before: Item | undefined, item: Item): boolean {
  return (
    before?.type === "chat" &&
    item.type === "chat" &&
    before.author.id === item.author.id &&
    minute(before.at) === minute(item.at)
  );
}

function minute(at: number): number {
  return Math.floor(at / 60_000);
}
