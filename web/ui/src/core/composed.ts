/** The text in the composer, separately for each target. It survives a reload. */

import { isObject } from "parley-client/view";
import type { KeptText } from "./tabStorage.ts";

/** Whom the user writes to: people or the agent. */
export type Target = "chat" | "prompt";

export interface Composed {
  readonly chat: string;
  readonly prompt: string;
  /** The target that the user has chosen last. */
  readonly target: Target | null;
}

const nothing: Composed = { chat: "", prompt: "", target: null };
// Twice the limit for a prompt. Storage has room for a few of these.
const maxKept = 512 * 1024;
const storeAfterMs = 300;

export class ComposedTexts {
  private now: Composed;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly kept: KeptText) {
    this.now = decode(kept.read());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Composed => this.now;

  /** Applies a change at once and stores it soon, so that typing does not wait for storage. */
  change(change: Partial<Composed>): void {
    this.now = { ...this.now, ...change };
    this.timer ??= setTimeout(() => this.flush(), storeAfterMs);
    for (const l of this.listeners) l();
  }

  /** Puts an unsent text before the current one, and chooses its target. */
  putBack(to: Target, text: string): void {
    const now = this.now[to];
    this.change({ [to]: now.trim() === "" ? text : `${text}\n\n${now}`, target: to });
  }

  /** Stores pending changes. */
  flush(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const { chat, prompt } = this.now;
    const fits = chat.length + prompt.length <= maxKept;
    this.kept.write(fits ? JSON.stringify(this.now) : null);
  }
}

function decode(text: string | null): Composed {
  try {
    const v: unknown = JSON.parse(text ?? "null");
    if (!isObject(v) || typeof v.chat !== "string" || typeof v.prompt !== "string") return nothing;
    const target = v.target === "chat" || v.target === "prompt" ? v.target : null;
    return { chat: v.chat, prompt: v.prompt, target };
  } catch {
    return nothing;
  }
}
