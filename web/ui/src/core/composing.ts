/** The rules of the composer: what its keys do, what may be sent, and what becomes of a prompt. */

import type { PromptAs } from "parley-client";

import type { Target } from "./composed.ts";
import { sendsOnEnter } from "./enter.ts";
import type { Rights } from "./rights.ts";

/** What a key does: nothing takes the key without any effect; null leaves it to the text field. */
export type ComposerAct = "send" | "switchTarget" | "dropReply" | "nothing" | null;

type Key = Pick<
  KeyboardEvent,
  "key" | "repeat" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing" | "keyCode"
>;

interface Circumstances {
  /** Whether Enter starts a new line, as on a touch screen. */
  touch: boolean;
  mayPrompt: boolean;
  replying: boolean;
}

export function composerAct(e: Key, { touch, mayPrompt, replying }: Circumstances): ComposerAct {
  const modified = e.ctrlKey || e.metaKey;
  if (sendsOnEnter(e) && (modified || (!e.shiftKey && !touch)))
    return e.repeat ? "nothing" : "send";
  if (e.key === "." && modified && mayPrompt) return "switchTarget";
  if (e.key === "Escape" && replying) return "dropReply";
  return null;
}

/** Returns whom the user writes to: the chosen target, unless only people are possible. */
export function targetOf(chosen: Target | null, rights: Rights, replying: boolean): Target {
  if (rights.prompt === "no" || replying) return "chat";
  return chosen ?? (rights.host ? "prompt" : "chat");
}

export interface DraftState {
  /** The text without the space around it. */
  trimmed: string;
  /** By how many bytes the text exceeds the limit; negative or 0 if it does not. */
  over: number;
  /** Whether the outbox has no room for it. */
  full: boolean;
  maySend: boolean;
}

/** What is attached to a draft: how many files, and whether all of them are ready. */
export interface AttachedState {
  files: number;
  settled: boolean;
}

/**
 * Checks a text against a limit in bytes of UTF-8 and against the outbox. With attachments
 * it may be empty.
 */
export function checkDraft(
  text: string,
  maxBytes: number,
  outbox: { hasRoomFor(text: string): boolean },
  { files, settled }: AttachedState = { files: 0, settled: true },
): DraftState {
  const trimmed = text.trim();
  const over = new TextEncoder().encode(text).length - maxBytes;
  const some = trimmed !== "" || files > 0;
  const full = some && !outbox.hasRoomFor(trimmed);
  return { trimmed, over, full, maySend: some && settled && over <= 0 && !full };
}

const promptAs = { no: null, propose: "proposal", direct: "direct" } as const;

/** Returns what a prompt becomes under the right that its author has seen; null if that is none. */
export function promptAsOf(right: Rights["prompt"]): PromptAs | null {
  return promptAs[right];
}
