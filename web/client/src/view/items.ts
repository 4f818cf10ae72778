/** The rows of a room's timeline. */

import type {
  Approval,
  Elicitation,
  Message,
  Participant,
  PermissionSource,
  Redaction,
} from "../protocol.gen.js";
import type { PermissionOption, PlanContent, Usage, Voice } from "./acp.js";
import type { Block } from "./blocks.js";
import type { Notice } from "./notices.js";
import type { TerminalExit } from "./terminals.js";
import type { Place, ToolContent, ToolStatus } from "./tools.js";

interface Row {
  /** Unique among the rows, and constant for the life of the row. */
  key: string;
  /** The cursor of the event that the row began with. */
  cursor: string;
  /** When it began, in milliseconds. */
  at: number;
  /** Set if a secret in the row is masked, or is masked for others. */
  redaction?: Redaction;
}

/** A row of people. during is the turn that ran at the time. */
interface PeopleRow extends Row {
  during: string | null;
}

/** A message of a person. */
export interface ChatRow extends PeopleRow {
  type: "chat";
  message: Message;
  author: Participant;
}

/** What has become of a prompt. */
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

/** The end of a turn. */
export interface TurnEndRow extends Row {
  type: "turn-end";
  approvalId: string;
  state: "done" | "cancelled" | "failed";
  detail: string;
  cancelledBy: Participant | null;
  took: number | null;
  /** What the agent reported last in the turn; null if nothing. */
  usage: Usage | null;
}

/** A row of the agent. turn is the id of an approval; null outside of turns. */
interface AgentRow extends Row {
  turn: string | null;
}

/** Something that the agent says or thinks, or that a user says to it. */
export interface SayRow extends AgentRow {
  type: "say";
  voice: Voice;
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
  places: readonly Place[];
  input: unknown;
}

/** A terminal whose output an agent sends. */
export interface TerminalView {
  id: string;
  command: string | null;
  cwd: string | null;
  /** The newest output. */
  output: string;
  /** How many characters of older output were dropped. */
  dropped: number;
  /** The bytes of an incomplete character at the end, each as a character. */
  rest: string;
  exit: TerminalExit | null;
  /** Whether people can stop it by itself. */
  canStop: boolean;
}

/** A tool call and its result. */
export interface ToolRow extends AgentRow, Call {
  type: "tool";
  id: string;
  /** The tool's name in the agent's program; empty if unknown. */
  name: string;
  /** unfinished: the turn has ended without a result of the call. */
  status: ToolStatus | "unfinished";
  output: unknown;
  terminals: readonly TerminalView[];
  /** Diffs that a question showed. Later content without a diff does not replace them. */
  asked: readonly ToolContent[];
  /** Whether people can stop it by itself. */
  canStop: boolean;
  /** The id of the last question about this call. */
  question: string | null;
  endedAt: number | null;
}

/** A terminal that no tool call shows. */
export interface TerminalRow extends AgentRow {
  type: "terminal";
  terminal: TerminalView;
}

/** A plan of the agent, as it was last in its turn. */
export interface PlanRow extends AgentRow, PlanContent {
  type: "plan";
  planId: string;
  /** Whether the agent has removed it. */
  removed: boolean;
}

/** The agent's shortening of its context. */
export interface CompactionRow extends AgentRow {
  type: "compaction";
  id: string;
  /** in_progress, completed, failed, cancelled, or a word of the agent's own. */
  status: string;
  summary: readonly Block[];
  error: string | null;
  endedAt: number | null;
}

/** A question of the agent, with its answer once there is one. */
export interface PermissionRow extends AgentRow {
  type: "permission";
  requestId: string;
  toolId: string | null;
  /** The title and the description of the question itself; empty if the agent sends none. */
  title: string;
  description: string;
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

/**
 * A request of the agent for input, with its answer once there is one. What was filled in is
 * not in it.
 */
export interface ElicitationRow extends AgentRow {
  type: "elicitation";
  request: Elicitation;
  /** opened: accepted, and the page is not finished yet. completed: it is. */
  state: "open" | "opened" | "completed" | "accepted" | "declined" | "cancelled" | "withdrawn";
  source: PermissionSource | null;
  answeredBy: Participant | null;
}

/** Notifications of kinds that this version does not know. */
export interface OtherRow extends AgentRow {
  type: "other";
  name: string;
  raw: readonly unknown[];
}

/** A notice about the session, its people or its agent. */
export interface NoticeRow extends Row {
  type: "notice";
  notice: Notice;
  /** The turn in which the agent has told it; undefined for other notices. */
  turn?: string;
}

/** A row of the timeline. */
export type Item =
  | ChatRow
  | PromptRow
  | TurnStartRow
  | TurnEndRow
  | SayRow
  | ToolRow
  | TerminalRow
  | PlanRow
  | CompactionRow
  | PermissionRow
  | ElicitationRow
  | OtherRow
  | NoticeRow;

const settledPrompts: readonly PromptState[] = ["done", "cancelled", "failed", "rejected"];

/** Reports whether later events may still change what a row is about. */
export function isUnsettled(row: Item): boolean {
  if (row.type === "prompt") return !settledPrompts.includes(row.state);
  if (row.type === "permission") return row.state === "open";
  if (row.type === "elicitation") return row.state === "open" || row.state === "opened";
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
