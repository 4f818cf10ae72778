/**
 * Messages and prompts that the server has not acknowledged. They survive a reload and
 * are sent again under the same ids, so that each takes effect once. Decisions are
 * never kept: after a reload the user decides again.
 */

import { nameContent, type Content, type PromptAs, type When } from "parley-client";

import { isObject } from "parley-client/view";
import { decodeContent } from "./attaching.ts";
import type { Target } from "./composed.ts";
import type { Item } from "parley-client/view";
import { randomHex } from "./random.ts";
import type { KeptText } from "./tabStorage.ts";

export interface Unsent {
  /** The id of the command. */
  readonly id: string;
  readonly target: Target;
  readonly text: string;
  /** What is attached to it. */
  readonly content?: readonly Content[];
  /** For a prompt: what it becomes, according to what its author was shown. */
  readonly as?: PromptAs;
  /** For a prompt: whether it interrupts the running turn. */
  readonly when?: When;
  /** The id of the message that it replies to. */
  readonly replyTo?: string;
  /** When it was written, in milliseconds. */
  readonly at: number;
  /** The key of its author's newest row at that time. */
  readonly after?: string;
  /** The id of the message or approval that the server made of it. */
  readonly madeId?: string;
  /** Why it will not be sent. It stays until its author discards it. */
  readonly refused?: string;
}

export interface Delivery {
  /** Sends a text under its id. Resolves to the id of what the server made of it. */
  send(u: Unsent): Promise<string>;
  /** Returns why a text will not be sent: the server's error, or null if it is too old. */
  why(error: unknown): string;
  /** Reports whether the error only means that this page is being closed. */
  isGoingAway(error: unknown): boolean;
}

/** The limits of the outbox, in texts and in characters. */
export const maxUnsent = 32;
export const maxUnsentText = 512 * 1024;
/**
 * An older text is not sent without asking its author: the conversation has moved on.
 * In milliseconds.
 */
export const staleMs = 60 * 60_000;
/** The event arrives at about the time of the answer. */
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

  /** Sends what an earlier life of the page has left. */
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
    return kept.length < maxUnsent && (kept.length === 0 || length <= maxUnsentText);
  }

  /** Sends a text, and keeps it until it is acknowledged. */
  add(
    what: Pick<Unsent, "target" | "text" | "content" | "as" | "when" | "replyTo" | "after">,
  ): void {
    const u = { ...what, id: randomHex(16), at: this.now() };
    this.set([...this.all, u]);
    this.send(u);
  }

  /** Discards a text that will not be sent. */
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

/** Reports whether a text is neither acknowledged nor refused. */
export function isWaiting(u: Unsent): boolean {
  return u.madeId === undefined && u.refused === undefined;
}

/** Returns the key of a participant's newest row. */
export function newestRowOf(items: readonly Item[], participant: string): string | undefined {
  return items.findLast((r) => saidBy(r, participant) !== null)?.key;
}

/**
 * Returns the texts that have no row yet. An acknowledged text is matched by id, others
 * by their text.
 */
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

/** Returns the texts without those that events have already told about. */
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
  return said.target === u.target && said.text === nameContent(u.text, u.content);
}

function decode(text: string | null): readonly Unsent[] {
  try {
    const v: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(v) ? v.filter(isUnsent).slice(0, maxUnsent) : [];
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
    (v.content === undefined || decodeContent(v.content).length > 0) &&
    ["proposal", "direct", undefined].includes(v.as as PromptAs | undefined) &&
    ["queue", "interrupt", undefined].includes(v.when as When | undefined) &&
    [v.replyTo, v.after, v.refused].every((o) => ["string", "undefined"].includes(typeof o))
  );
}
