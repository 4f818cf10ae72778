/**
 * Decodes what the agent writes: notifications of the Agent Client Protocol, version 1.
 * The server forwards them unchecked, so everything here is decoded leniently.
 */

export type Json = Record<string, unknown>;

/** A part of an agent's message, or of the result of a tool call. */
export type Block =
  // from is the number of characters before the text that were dropped.
  | { type: "text"; text: string; from?: number }
  | { type: "image"; mimeType: string; data: string }
  | { type: "link"; uri: string; title: string }
  | { type: "resource"; uri: string; text: string }
  | { type: "unknown"; raw: unknown };

export type ToolContent =
  | { type: "block"; block: Block }
  | { type: "diff"; path: string; oldText: string | null; newText: string }
  | { type: "terminal"; terminalId: string }
  | { type: "unknown"; raw: unknown };

/** An update of a terminal that an agent shows. Some agents send these in _meta of a tool call. */
export interface TerminalNews {
  id: string;
  cwd?: string;
  /** Output to append. */
  output?: string;
  exit?: TerminalExit;
}

export interface TerminalExit {
  code: number | null;
  signal: string | null;
}

export interface PlanEntry {
  content: string;
  status: "pending" | "in_progress" | "completed";
}

export type ToolStatus = "pending" | "in_progress" | "completed" | "failed";

/** The members of a tool call that an announcement or an update contains. */
export interface ToolFields {
  title?: string;
  kind?: string;
  status?: ToolStatus;
  content?: ToolContent[];
  paths?: string[];
  input?: unknown;
  output?: unknown;
  terminals?: TerminalNews[];
}

export type Update =
  | { kind: "message" | "thought" | "user"; messageId: string | null; block: Block }
  | { kind: "tool"; id: string; begins: boolean; fields: ToolFields }
  | { kind: "plan"; entries: PlanEntry[] }
  | { kind: "mode"; mode: string }
  /** Nothing that people need to see, or something that agent_updated tells as well. */
  | { kind: "quiet" }
  | { kind: "other"; name: string };

export interface PermissionOption {
  id: string;
  name: string;
  kind: string;
}

export function isObject(v: unknown): v is Json {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

function text(v: unknown): string | undefined {
  return typeof v === "string" ? v : undefined;
}

function list(v: unknown): unknown[] {
  return Array.isArray(v) ? v : [];
}

/** Returns what a notification says. */
export function readUpdate(notification: unknown): Update {
  if (!isObject(notification)) return { kind: "other", name: "notification" };
  const method = text(notification.method) ?? "notification";
  const params = isObject(notification.params) ? notification.params : {};
  // A name with a leading underscore is a vendor's extension for its own client.
  if (method.startsWith("_")) return { kind: "quiet" };
  if (method !== "session/update" || !isObject(params.update))
    return { kind: "other", name: method };
  const u = params.update;
  const name = text(u.sessionUpdate) ?? method;
  if (name.startsWith("_")) return { kind: "quiet" };
  return knownUpdate(name, u) ?? { kind: "other", name };
}

const chunks: Record<string, "message" | "thought" | "user"> = {
  agent_message_chunk: "message",
  agent_thought_chunk: "thought",
  user_message_chunk: "user",
};

function knownUpdate(name: string, u: Json): Update | null {
  const chunk = Object.hasOwn(chunks, name) ? chunks[name] : undefined;
  if (chunk)
    return { kind: chunk, messageId: text(u.messageId) ?? null, block: readBlock(u.content) };
  switch (name) {
    case "tool_call":
    case "tool_call_update": {
      const id = text(u.toolCallId);
      return id === undefined
        ? null
        : { kind: "tool", id, begins: name === "tool_call", fields: readToolFields(u) };
    }
    case "plan":
      return Array.isArray(u.entries) ? { kind: "plan", entries: u.entries.map(readEntry) } : null;
    case "current_mode_update": {
      const mode = text(u.currentModeId);
      return mode === undefined ? null : { kind: "mode", mode };
    }
    case "available_commands_update":
    case "config_option_update":
    case "session_info_update":
    case "usage_update":
      return { kind: "quiet" };
  }
  return null;
}

function readEntry(v: unknown): PlanEntry {
  const e = isObject(v) ? v : {};
  const status = e.status === "completed" || e.status === "in_progress" ? e.status : "pending";
  return { content: text(e.content) ?? "", status };
}

export function readBlock(v: unknown): Block {
  if (!isObject(v)) return { type: "unknown", raw: v };
  if (v.type === "text" && typeof v.text === "string") return { type: "text", text: v.text };
  if (v.type === "image" && typeof v.data === "string" && isPicture(v.mimeType)) {
    return { type: "image", mimeType: v.mimeType, data: v.data };
  }
  if (v.type === "resource_link" && typeof v.uri === "string") {
    return { type: "link", uri: v.uri, title: text(v.title) ?? text(v.name) ?? v.uri };
  }
  if (v.type === "resource" && isObject(v.resource) && typeof v.resource.text === "string") {
    return { type: "resource", uri: text(v.resource.uri) ?? "", text: v.resource.text };
  }
  return { type: "unknown", raw: v };
}

// SVG is left out, since it can contain links and scripts.
function isPicture(mime: unknown): mime is string {
  return typeof mime === "string" && /^image\/(png|jpeg|gif|webp|avif)$/.test(mime);
}

/** Returns the members that are present and not null. */
export function readToolFields(u: Json): ToolFields {
  const f: ToolFields = {};
  if (typeof u.title === "string" && u.title !== "") f.title = u.title;
  if (typeof u.kind === "string") f.kind = u.kind;
  if (isToolStatus(u.status)) f.status = u.status;
  if (Array.isArray(u.content)) f.content = u.content.map(readToolContent);
  if (Array.isArray(u.locations)) {
    f.paths = u.locations.flatMap((l) =>
      isObject(l) && typeof l.path === "string" ? [l.path] : [],
    );
  }
  if (u.rawInput !== undefined && u.rawInput !== null) f.input = u.rawInput;
  if (u.rawOutput !== undefined && u.rawOutput !== null) f.output = u.rawOutput;
  const terminals = readTerminals(u._meta);
  if (terminals.length > 0) f.terminals = terminals;
  return f;
}

/**
 * Reads the terminal updates of codex-acp and others. Both names of output mean text to
 * append; an agent uses one of them.
 */
function readTerminals(meta: unknown): TerminalNews[] {
  if (!isObject(meta)) return [];
  const { terminal_info: info, terminal_exit: exit } = meta;
  const news: TerminalNews[] = [];
  const id = (v: Json) => text(v.terminal_id) ?? "";
  if (isObject(info) && typeof info.cwd === "string") news.push({ id: id(info), cwd: info.cwd });
  for (const out of [meta.terminal_output, meta.terminal_output_delta])
    if (isObject(out) && typeof out.data === "string") news.push({ id: id(out), output: out.data });
  if (isObject(exit)) {
    const code = typeof exit.exit_code === "number" ? exit.exit_code : null;
    news.push({ id: id(exit), exit: { code, signal: text(exit.signal) ?? null } });
  }
  return news;
}

function isToolStatus(v: unknown): v is ToolStatus {
  return v === "pending" || v === "in_progress" || v === "completed" || v === "failed";
}

function readToolContent(v: unknown): ToolContent {
  if (!isObject(v)) return { type: "unknown", raw: v };
  if (v.type === "content") return { type: "block", block: readBlock(v.content) };
  if (v.type === "diff" && typeof v.newText === "string") {
    return {
      type: "diff",
      path: text(v.path) ?? "",
      oldText: text(v.oldText) ?? null,
      newText: v.newText,
    };
  }
  if (v.type === "terminal" && typeof v.terminalId === "string")
    return { type: "terminal", terminalId: v.terminalId };
  return { type: "unknown", raw: v };
}

export function readOptions(v: unknown): PermissionOption[] {
  return list(v).flatMap((o) => {
    if (!isObject(o) || typeof o.optionId !== "string") return [];
    return [{ id: o.optionId, name: text(o.name) ?? o.optionId, kind: text(o.kind) ?? "" }];
  });
}
