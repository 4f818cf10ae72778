/** Folds what the agent does into rows. */

import type { CompactionNews, PlanContent, Update } from "./acp.js";
import type { Draft } from "./draft.js";
import { findCompaction, findPlan } from "./find.js";
import { endSaying, foldPart, foldWhole } from "./foldSaid.js";
import { foldTerminal, foldTool, foldToolContent } from "./foldTools.js";
import type { CompactionRow } from "./items.js";
import { joined } from "./merge.js";
import type { Notice } from "./notices.js";

/** Folds a notification of the agent. raw is the notification as it was received. */
export function foldUpdate(d: Draft, u: Update, raw: unknown): void {
  switch (u.kind) {
    case "part":
      return foldPart(d, u.voice, u.messageId, u.block);
    case "whole":
      return foldWhole(d, u.voice, u.messageId, u.blocks);
    case "tool":
      // An update can be about metadata only.
      if (u.begins || Object.keys(u.fields).length > 0) foldTool(d, u.id, u.begins, u.fields);
      return;
    case "toolContent":
      return foldToolContent(d, u.id, u.content);
    case "terminal":
      return foldTerminal(d, u.news);
    case "plan":
      return plan(d, u.planId, u.content);
    case "planRemoved":
      return planRemoved(d, u.planId);
    case "compaction":
      return compaction(d, u.news);
    case "usage": {
      const cost = u.cost === undefined ? (d.state.usage?.cost ?? null) : u.cost;
      d.state.usage = { used: u.used, size: u.size, cost };
      return;
    }
    case "quiet":
      return;
    case "other":
      return other(d, u.name, raw);
    default:
      return told(d, u);
  }
}

/** Folds what makes a notice. */
function told(
  d: Draft,
  u: Extract<Update, { kind: "mode" | "title" | "notice" | "oversized" }>,
): void {
  switch (u.kind) {
    case "mode": {
      // The options can have told it before.
      const { mode } = d.state.facts;
      if (mode === undefined) d.lack("mode");
      if (mode !== u.mode) notify(d, { what: "agentMode", mode: u.mode });
      d.state.facts = { ...d.state.facts, mode: u.mode };
      return;
    }
    case "title": {
      const { title } = d.state.facts;
      if (title === undefined) d.lack("title");
      if (title !== u.title) notify(d, { what: "agentTitle", title: u.title });
      d.state.facts = { ...d.state.facts, title: u.title };
      return;
    }
    case "notice": {
      const { severity, title, description } = u;
      return notify(d, { what: "agentNotice", severity, title, description });
    }
    case "oversized":
      return notify(d, { what: "oversized", name: u.name, bytes: u.bytes });
  }
}

function notify(d: Draft, notice: Notice): void {
  const { running } = d.state;
  d.add({ type: "notice", notice, ...(running !== null && { turn: running }) });
}

function plan(d: Draft, planId: string, content: PlanContent): void {
  d.state.plan = content.entries;
  const i = findPlan(d.items, planId, d.state.start);
  const row = d.items[i];
  if (row?.type === "plan") {
    d.items[i] = { ...row, ...content, removed: false };
    return;
  }
  endSaying(d);
  d.add({ type: "plan", planId, ...content, removed: false, turn: d.state.running });
}

function planRemoved(d: Draft, planId: string): void {
  d.state.plan = null;
  const i = findPlan(d.items, planId, d.state.start);
  const row = d.items[i];
  if (row?.type === "plan") d.items[i] = { ...row, removed: true };
}

function compaction(d: Draft, news: CompactionNews): void {
  const i = findCompaction(d.items, news.id);
  if (i < d.state.start) d.lack(`compaction ${news.id}`);
  const row = d.items[i];
  if (row?.type === "compaction") {
    d.items[i] = compactionWith(row, news, d.at);
    return;
  }
  endSaying(d);
  const { id } = news;
  const blank = {
    type: "compaction",
    id,
    status: "in_progress",
    summary: [],
    error: null,
  } as const;
  d.add({ ...blank, endedAt: null, turn: d.state.running });
  d.items[d.items.length - 1] = compactionWith(d.items.at(-1) as CompactionRow, news, d.at);
}

function compactionWith(row: CompactionRow, news: CompactionNews, at: number): CompactionRow {
  const status = news.status ?? row.status;
  const summary = news.summary ?? row.summary;
  return {
    ...row,
    status,
    summary: news.part === undefined ? summary : joined(summary, news.part),
    error: news.error === undefined ? row.error : news.error,
    endedAt: status === "in_progress" ? null : (row.endedAt ?? at),
  };
}

function other(d: Draft, name: string, raw: unknown): void {
  const row = d.items[d.state.open];
  if (row?.type === "other" && row.name === name) {
    d.items[d.state.open] = { ...row, raw: [...row.raw, raw] };
    return;
  }
  endSaying(d);
  d.add({ type: "other", name, raw: [raw], turn: d.state.running });
  d.state.open = d.items.length - 1;
}
