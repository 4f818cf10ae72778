/**
 * Decodes what the agent writes: notifications of the Agent Client Protocol, versions 1
 * and 2. The server forwards them unchecked, so everything here is decoded leniently.
 */

import { readBlock, readBlocks, type Block } from "./blocks.js";
import { isObject, list, number, text, type Json } from "./json.js";
import { readTerminalUpdate, type TerminalNews } from "./terminals.js";
import { readToolContent, readToolFields, type ToolContent, type ToolFields } from "./tools.js";

/** A step of a plan. */
export interface PlanEntry {
  content: string;
  status: "pending" | "in_progress" | "completed";
}

/** The content of a plan: steps, or a text of the agent, or the address of a file with it. */
export interface PlanContent {
  entries: readonly PlanEntry[];
  text: string | null;
  uri: string | null;
}

/** How much of its context an agent uses, and what the session has cost so far. */
export interface Usage {
  used: number;
  size: number;
  /** Null if unknown. */
  cost: { amount: number; currency: string } | null;
}

/** Who speaks: the agent to people, the agent to itself, or a user to the agent. */
export type Voice = "message" | "thought" | "user";

/** What a notification of the agent says. */
export type Update =
  /** A part of a message, which is added to it. */
  | { kind: "part"; voice: Voice; messageId: string | null; block: Block }
  /** All of a message, which replaces what was said of it; null changes nothing. */
  | { kind: "whole"; voice: Voice; messageId: string; blocks: Block[] | null }
  | { kind: "tool"; id: string; begins: boolean; fields: ToolFields }
  | { kind: "toolContent"; id: string; content: ToolContent }
  | { kind: "terminal"; news: TerminalNews }
  | { kind: "plan"; planId: string; content: PlanContent }
  | { kind: "planRemoved"; planId: string }
  | { kind: "mode"; mode: string }
  | { kind: "title"; title: string }
  /** A cost of undefined is the former one. */
  | { kind: "usage"; used: number; size: number; cost: Usage["cost"] | undefined }
  | { kind: "notice"; severity: string; title: string; description: string }
  | { kind: "compaction"; news: CompactionNews }
  /** An update that was too big for an event. */
  | { kind: "oversized"; name: string; bytes: number }
  /** Nothing that people need to see, or something that agent_updated tells as well. */
  | { kind: "quiet" }
  | { kind: "other"; name: string };

/** The members of a context compaction that an update contains. */
export interface CompactionNews {
  id: string;
  status?: string;
  summary?: Block[];
  /** A part of the summary to append. */
  part?: Block;
  error?: string | null;
}

/** An answer that the agent offers to its question. */
export interface PermissionOption {
  id: string;
  name: string;
  kind: string;
}

/** Returns what a notification says. */
export function readUpdate(notification: unknown): Update {
  if (!isObject(notification)) return { kind: "other", name: "notification" };
  const method = text(notification.method) ?? "notification";
  const params = isObject(notification.params) ? notification.params : {};
  if (method === "_parley/oversized") return readOversized(params);
  // A name with a leading underscore is a vendor's extension for its own client.
  if (method.startsWith("_")) return { kind: "quiet" };
  if (method !== "session/update" || !isObject(params.update))
    return { kind: "other", name: method };
  const u = params.update;
  const name = text(u.sessionUpdate) ?? method;
  if (name.startsWith("_")) return { kind: "quiet" };
  return readKnown(name, u) ?? { kind: "other", name };
}

const voices: Record<string, Voice> = {
  agent_message: "message",
  agent_thought: "thought",
  user_message: "user",
};

function readKnown(name: string, u: Json): Update | null {
  const voice = voiceOf(name.replace(/_chunk$/, ""));
  if (voice && name.endsWith("_chunk"))
    return {
      kind: "part",
      voice,
      messageId: text(u.messageId) ?? null,
      block: readBlock(u.content),
    };
  if (voice) return readWhole(voice, u);
  switch (name) {
    case "plan":
      return Array.isArray(u.entries) ? readPlan("", u) : null;
    case "plan_update":
      return isObject(u.plan) ? readPlan(text(u.plan.planId) ?? "", u.plan) : null;
    case "plan_removed":
      return { kind: "planRemoved", planId: text(u.planId) ?? "" };
    case "available_commands_update":
    case "config_option_update":
    case "state_update":
      return { kind: "quiet" };
  }
  return readToolUpdate(name, u) ?? readSessionUpdate(name, u);
}

function voiceOf(name: string): Voice | undefined {
  return Object.hasOwn(voices, name) ? voices[name] : undefined;
}

function readWhole(voice: Voice, u: Json): Update | null {
  const messageId = text(u.messageId);
  if (messageId === undefined) return null;
  const blocks = u.content === undefined ? null : readBlocks(u.content);
  return { kind: "whole", voice, messageId, blocks };
}

/** Reads what is about a tool call or a terminal. */
function readToolUpdate(name: string, u: Json): Update | null {
  const id = text(u.toolCallId);
  switch (name) {
    case "tool_call":
    case "tool_call_update":
      if (id === undefined) return null;
      return { kind: "tool", id, begins: name === "tool_call", fields: readToolFields(u) };
    case "tool_call_content_chunk":
      if (id === undefined) return null;
      return { kind: "toolContent", id, content: readToolContent(u.content) };
    case "terminal_update":
    case "terminal_output_chunk": {
      const news = readTerminalUpdate(u);
      return news && { kind: "terminal", news };
    }
  }
  return null;
}

/** Reads what is about the session. */
function readSessionUpdate(name: string, u: Json): Update | null {
  switch (name) {
    case "current_mode_update": {
      const mode = text(u.currentModeId);
      return mode === undefined ? null : { kind: "mode", mode };
    }
    case "session_info_update": {
      const title = (text(u.title) ?? "").trim();
      return title === "" ? { kind: "quiet" } : { kind: "title", title };
    }
    case "usage_update":
      return readUsage(u);
    case "notice": {
      const title = text(u.title) ?? "";
      if (title.trim() === "") return null;
      const severity = text(u.severity) ?? "info";
      return { kind: "notice", severity, title, description: text(u.description) ?? "" };
    }
    case "compaction_update":
    case "compaction_summary_chunk": {
      const news = readCompaction(name, u);
      return news && { kind: "compaction", news };
    }
  }
  return null;
}

function readUsage(u: Json): Update {
  const [used, size] = [number(u.used), number(u.size)];
  if (used === undefined || size === undefined) return { kind: "quiet" };
  const c = u.cost;
  const cost =
    isObject(c) && number(c.amount) !== undefined && typeof c.currency === "string"
      ? { amount: number(c.amount) ?? 0, currency: c.currency }
      : c === null
        ? null
        : undefined;
  return { kind: "usage", used, size, cost };
}

function readCompaction(name: string, u: Json): CompactionNews | null {
  const id = text(u.compactionId);
  if (id === undefined) return null;
  if (name === "compaction_summary_chunk") return { id, part: readBlock(u.content) };
  const news: CompactionNews = { id };
  if (typeof u.status === "string") news.status = u.status;
  if (u.summary !== undefined) news.summary = readBlocks(u.summary);
  if (u.error !== undefined) news.error = text(u.error) ?? null;
  return news;
}

function readPlan(planId: string, p: Json): Update | null {
  const content = (entries: PlanEntry[], words: string | null, uri: string | null): Update => ({
    kind: "plan",
    planId,
    content: { entries, text: words, uri },
  });
  if (Array.isArray(p.entries)) return content(p.entries.map(readEntry), null, null);
  if (p.type === "markdown" && typeof p.content === "string") return content([], p.content, null);
  if (p.type === "file" && typeof p.uri === "string") return content([], null, p.uri);
  return null;
}

function readEntry(v: unknown): PlanEntry {
  const e = isObject(v) ? v : {};
  const status = e.status === "completed" || e.status === "in_progress" ? e.status : "pending";
  return { content: text(e.content) ?? "", status };
}

function readOversized(params: Json): Update {
  const name = text(params.sessionUpdate) ?? text(params.method) ?? "";
  return { kind: "oversized", name, bytes: number(params.bytes) ?? 0 };
}

/** Reads the options of a question. Malformed ones are left out. */
export function readOptions(v: unknown): PermissionOption[] {
  return list(v).flatMap((o) => {
    if (!isObject(o) || typeof o.optionId !== "string") return [];
    return [{ id: o.optionId, name: text(o.name) ?? o.optionId, kind: text(o.kind) ?? "" }];
  });
}
