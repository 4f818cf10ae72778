import { useEffect, useState, useSyncExternalStore } from "react";

import type { Message } from "parley-client";

import type { Target } from "../core/composed.ts";
import { checkDraft, promptAsOf, type DraftState } from "../core/composing.ts";
import { isWaiting, newestRowOf } from "../core/outbox.ts";
import type { Rights } from "../core/rights.ts";
import { Seen } from "../core/seen.ts";
import { useTools } from "./context.ts";
import { useTyping } from "./useTyping.ts";

interface Options {
  to: Target;
  rights: Rights;
  limits: { messageBytes: number; promptBytes: number };
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
  write(text: string): void;
  send(): void;
}

/** Returns what the user writes to a target, and how it is sent. */
export function useDraft(options: Options): Draft {
  const { to, rights, limits } = options;
  const { client, meId, store, writing } = useTools();
  const { composed, outbox } = writing;
  const typing = useTyping(client, options.live);
  const { [to]: text } = useSyncExternalStore(composed.subscribe, composed.snapshot);
  const all = useSyncExternalStore(outbox.subscribe, outbox.snapshot);
  const seenRight = useSeen(rights.prompt);
  const maxBytes = to === "chat" ? limits.messageBytes : limits.promptBytes;
  const state = checkDraft(text, maxBytes, outbox);

  const write = (value: string) => {
    composed.change({ [to]: value });
    typing(value.trim() !== "");
  };
  const send = () => {
    if (!state.maySend) return;
    const as = to === "prompt" ? promptAsOf(seenRight.at(performance.now())) : undefined;
    if (as === null) return; // a moment ago the user could not prompt, and wrote to people
    const after = newestRowOf(store.snapshot().room?.timeline.items ?? [], meId);
    outbox.add({
      target: to,
      text: state.trimmed,
      ...(as && { as }),
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
  return { ...state, text, unsent, refused, write, send };
}

/** Remembers which of a value's states the user can have seen. */
function useSeen<T>(value: T): Seen<T> {
  const [seen] = useState(() => new Seen(value));
  useEffect(() => seen.show(value, performance.now()), [seen, value]);
  return seen;
}
