import { useEffect, useState, useSyncExternalStore } from "react";

import type { Agent, Content, Limits, Message, When } from "parley-client";

import type { Attaching } from "../core/attaching.ts";
import type { Target } from "../core/composed.ts";
import { checkDraft, promptAsOf, type DraftState } from "../core/composing.ts";
import { isWaiting, newestRowOf } from "../core/outbox.ts";
import type { Rights } from "../core/rights.ts";
import { Seen } from "../core/seen.ts";
import { linksIn } from "../core/suggest.ts";
import { fitting } from "../core/support.ts";
import { useTools } from "./context.ts";
import { useTyping } from "./useTyping.ts";

interface Options {
  to: Target;
  rights: Rights;
  limits: Limits;
  agent: Agent;
  live: boolean;
  replyTo: Message | null;
  onReplyDone(): void;
  onSent(): void;
}

export interface Draft extends DraftState {
  text: string;
  /** How many texts wait to be acknowledged, and how many were refused. */
  unsent: number;
  refused: number;
  /** What keeps the attachments from being sent; empty if nothing does. */
  attached: "" | "uploading" | "failed" | "tooMuch";
  write(text: string): void;
  send(when?: When): void;
}

/** Returns what the user writes to a target, and how it is sent. */
export function useDraft(options: Options): Draft {
  const { to, rights, limits } = options;
  const { client, meId, store, writing } = useTools();
  const { composed, outbox, attachments } = writing;
  const files = useSyncExternalStore(attachments.subscribe, attachments.snapshot);
  const typing = useTyping(client, options.live);
  const { [to]: text } = useSyncExternalStore(composed.subscribe, composed.snapshot);
  const all = useSyncExternalStore(outbox.subscribe, outbox.snapshot);
  const seenRight = useSeen(rights.prompt);
  const maxBytes = to === "chat" ? limits.messageBytes : limits.promptBytes;
  const attached = whyNotReady(files, limits);
  const state = checkDraft(text, maxBytes, outbox, {
    files: files.length,
    settled: attached === "",
  });

  const write = (value: string) => {
    composed.change({ [to]: value });
    typing(value.trim() !== "");
  };
  /** Adds links to the files that the prompt names, as far as there is room. */
  const withLinks = (content: readonly Content[]) =>
    [...content, ...linksIn(state.trimmed, writing.files)].slice(0, writing.maxFiles);
  const send = (when?: When) => {
    if (!state.maySend) return;
    const as = to === "prompt" ? promptAsOf(seenRight.at(performance.now())) : undefined;
    if (as === null) return; // a moment ago the user could not prompt, and wrote to people
    const after = newestRowOf(store.snapshot().room?.timeline.items ?? [], meId);
    const taken = attachments.take();
    const content =
      to === "prompt" ? withLinks(taken.map((c) => fitting(c, options.agent))) : taken;
    outbox.add({
      target: to,
      text: state.trimmed,
      ...(content.length > 0 && { content }),
      ...(as && { as }),
      ...(to === "prompt" && when && { when }),
      ...(options.replyTo && { replyTo: options.replyTo.id }),
      ...(after !== undefined && { after }),
    });
    typing(false);
    composed.change({ [to]: "" });
    options.onReplyDone();
    options.onSent();
  };
  const unsent = all.filter(isWaiting).length;
  const refused = all.filter((u) => u.refused !== undefined).length;
  return { ...state, text, unsent, refused, attached, write, send };
}

/** Returns what keeps attachments from being sent; empty if nothing does. */
function whyNotReady(files: readonly Attaching[], limits: Limits): Draft["attached"] {
  const bytes = files.reduce((n, a) => n + a.size, 0);
  if (files.some((a) => a.state === "failed")) return "failed";
  if (bytes > (limits.attachmentsBytes ?? 0)) return "tooMuch";
  return files.every((a) => a.state === "ready") ? "" : "uploading";
}

/** Remembers which of a value's states the user can have seen. */
function useSeen<T>(value: T): Seen<T> {
  const [seen] = useState(() => new Seen(value));
  useEffect(() => seen.show(value, performance.now()), [seen, value]);
  return seen;
}
