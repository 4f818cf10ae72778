/**
 * Messages and prompts that the server has not acknowledged yet. They survive a
 * reload and are sent again under their ids, so that each is carried out once.
 * Decisions are never among them: after a reload a person decides anew.
 */

import type { PromptAs } from "parley-client";

import { isObject } from "./acp.ts";
import type { Target } from "./composed.ts";
import type { Item } from "./items.ts";
import { randomHex } from "./random.ts";
import type { KeptText } from "./tabStorage.ts";

export interface Unsent {
  /** The id of the command. */
  readonly id: string;
  readonly target: Target;
  readonly text: string;
  /** Of a prompt: what its author was shown that it becomes. */
  readonly as?: PromptAs;
  /** The message that it replies to. */
  readonly replyTo?: string;
  /** When it was written, in milliseconds. */
  readonly at: number;
  /** The key of the newest row of its author at that time. */
  readonly after?: string;
  /** The id of the message or the approval that the server has made of it. */
  readonly madeId?: string;
  /** Why it will not be sent: it stays until its author has read that. */
  readonly refused?: string;
}

export interface Delivery {
  /** Sends it under its id. Resolves to the id of what the server has made of it. */
  send(u: Unsent): Promise<string>;
  /** Says why it will not be sent: the server's error, or null if it is too old. */
  why(error: unknown): string;
  /** Whether the error says only that this page is going away. */
  isGoingAway(error: unknown): boolean;
}

/** So many, and so many characters, are kept. */
export const mostUnsent = 32;
export const mostUnsentText = 512 * 1024;
/** What waits for longer is not sent without its author: the talk has gone on. */
export const staleMs = 60 * 60_000;
/** The event is there at about the time of the answer. */
const eventComesMs = 10_000;

export class Outbox {
  private all: readonly Unsent[];
  private started = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly kept: KeptText,
    private readonly delivery: Delivery,
    private readonly now: () => number = Date.now,
  ) {
    this.all = decode(kept.read());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): readonly Unsent[] => this.all;

  /** Sends what was left by an earlier life of the page. */
  start(): void {
    if (this.started) return;
    this.started = true;
    for (const u of this.all) {
      if (u.refused !== undefined) continue;
      const age = this.now() - u.at;
      if (age >= 0 && age < staleMs) this.send(u);
      else this.refuse(u, null);
    }
  }

  hasRoomFor(text: string): boolean {
    const kept = this.unmade();
    const length = kept.reduce((n, u) => n + u.text.length, text.length);
    return kept.length < mostUnsent && (kept.length === 0 || length <= mostUnsentText);
  }

  /** Sends a text, and keeps it until it is acknowledged. */
  add(what: Pick<Unsent, "target" | "text" | "as" | "replyTo" | "after">): void {
    const u = { ...what, id: randomHex(16), at: this.now() };
    this.set([...this.all, u]);
    this.send(u);
  }

  /** Forgets what will not be sent. */
  discard(id: string): void {
    this.set(this.all.filter((o) => o.id !== id || o.refused === undefined));
  }

  private unmade(): readonly Unsent[] {
    return this.all.filter((u) => u.madeId === undefined);
  }

  private send(u: Unsent): void {
    this.delivery.send(u).then(
      (madeId) => {
        this.set(this.all.map((o) => (o.id === u.id ? { ...o, madeId } : o)));
        setTimeout(() => this.set(this.all.filter((o) => o.id !== u.id)), eventComesMs);
      },
      (error: unknown) => {
        if (!this.delivery.isGoingAway(error)) this.refuse(u, error);
      },
    );
  }

  private refuse(u: Unsent, error: unknown): void {
    const refused = this.delivery.why(error);
    this.set(this.all.map((o) => (o.id === u.id ? { ...o, refused } : o)));
  }

  private set(all: readonly Unsent[]): void {
    this.all = all;
    const kept = this.unmade();
    this.kept.write(kept.length > 0 ? JSON.stringify(kept) : null);
    for (const l of this.listeners) l();
  }
}

/** Whether it is still to be sent, or acknowledged. */
export function isWaiting(u: Unsent): boolean {
  return u.madeId === undefined && u.refused === undefined;
}

/** The key of the newest row of a participant. */
export function newestRowOf(items: readonly Item[], participant: string): string | undefined {
  return items.findLast((r) => saidBy(r, participant) !== null)?.key;
}

/** Those that have no row yet. What is acknowledged has the id of its row; of others the text must do. */
export function withoutRow(
  all: readonly Unsent[],
  items: readonly Item[],
  participant: string,
): readonly Unsent[] {
  if (all.length === 0) return all;
  const taken = new Set<string>();
  return all.filter((u) => {
    if (u.refused !== undefined) return true;
    for (let i = items.length - 1; i >= 0; i--) {
      const row = items[i]!;
      if (row.key === u.after) return true;
      const said = saidBy(row, participant);
      if (!said || taken.has(said.id) || !isOf(said, u)) continue;
      taken.add(said.id);
      return false;
    }
    return true;
  });
}

/** Those that have not been made of what the events told of. */
export function withoutMade(all: readonly Unsent[], made: readonly string[]): readonly Unsent[] {
  return all.some((u) => u.madeId !== undefined && made.includes(u.madeId))
    ? all.filter((u) => u.madeId === undefined || !made.includes(u.madeId))
    : all;
}

interface Said {
  id: string;
  target: Target;
  text: string;
}

function saidBy(row: Item, participant: string): Said | null {
  if (row.type === "chat" && row.author.id === participant)
    return { id: row.message.id, target: "chat", text: row.message.text };
  if (row.type === "prompt" && row.approval.participantId === participant) {
    const { id, prompt, originalPrompt } = row.approval;
    return { id, target: "prompt", text: originalPrompt ?? prompt };
  }
  return null;
}

function isOf(said: Said, u: Unsent): boolean {
  if (u.madeId !== undefined) return said.id === u.madeId;
  return said.target === u.target && said.text === u.text;
}

function decode(text: string | null): readonly Unsent[] {
  try {
    const v: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(v) ? v.filter(isUnsent).slice(0, mostUnsent) : [];
  } catch {
    return [];
  }
}

function isUnsent(v: unknown): v is Unsent {
  return (
    isObject(v) &&
    typeof v.id === "string" &&
    (v.target === "chat" || v.target === "prompt") &&
    typeof v.text === "string" &&
    typeof v.at === "number" &&
    ["proposal", "direct", undefined].includes(v.as as PromptAs | undefined) &&
    [v.replyTo, v.after, v.refused].every((o) => ["string", "undefined"].includes(typeof o))
  );
}
