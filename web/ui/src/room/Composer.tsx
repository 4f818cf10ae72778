import {
  memo,
  useEffect,
  useImperativeHandle,
  useRef,
  useSyncExternalStore,
  type KeyboardEvent,
  type Ref,
} from "react";

import {
  formatSize,
  type Agent,
  type AvailableCommand,
  type Limits,
  type Message,
} from "parley-client";

import type { Target } from "../core/composed.ts";
import { composerAct, targetOf } from "../core/composing.ts";
import { isTouch } from "../core/enter.ts";
import type { Rights } from "../core/rights.ts";
import { Icon } from "../parts/Icon.tsx";
import { inItsDirection } from "../parts/direction.ts";
import { t } from "../texts.ts";
import { ComposerAttachments } from "./ComposerAttachments.tsx";
import { ComposerBar } from "./ComposerBar.tsx";
import { ComposerField } from "./ComposerField.tsx";
import { ComposerNotes } from "./ComposerNotes.tsx";
import { useTools } from "./context.ts";
import { useDrop } from "./useAttach.ts";
import { useDraft, type Draft } from "./useDraft.ts";
import "./Composer.css";

export interface ComposerHandle {
  focus(): void;
}

interface Props {
  rights: Rights;
  /** Why the user cannot write, where that is so. */
  why: string;
  busy: boolean;
  mayStop: boolean;
  commands: readonly AvailableCommand[];
  limits: Limits;
  agent: Agent;
  live: boolean;
  lost: boolean;
  replyTo: Message | null;
  onReplyDone(): void;
  onSent(): void;
  /** Shows the texts that were not sent. */
  onUnsent(): void;
  handle: Ref<ComposerHandle>;
}

/**
 * Where the user writes, or why that is not possible. It is memoized, so that it
 * is not rendered again with each piece of the agent's stream.
 */
export const Composer = memo(function Composer(props: Props) {
  if (props.rights.talk) return <Writing {...props} />;
  return (
    <div className="composer composer-off">
      <Icon name="eye" />
      <p>{props.why}</p>
    </div>
  );
});

function Writing(props: Props) {
  const { rights, replyTo, onReplyDone } = props;
  const { composed } = useTools().writing;
  const { target } = useSyncExternalStore(composed.subscribe, composed.snapshot);
  const to = targetOf(target, rights, replyTo !== null);
  const draft = useDraft({ ...props, to });
  const area = useField(props.handle, replyTo);
  const dropping = useDrop();
  const choose = (next: Target) => {
    onReplyDone();
    composed.change({ target: next });
    area.current?.focus();
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const mayPrompt = rights.prompt !== "no";
    const where = { touch: isTouch(), mayPrompt, replying: replyTo !== null };
    const act = composerAct(e.nativeEvent, where);
    if (act === null) return;
    e.preventDefault();
    if (act === "send") draft.send();
    else if (act === "switchTarget") choose(to === "chat" ? "prompt" : "chat");
    else if (act === "dropReply") onReplyDone();
  };
  return (
    <form
      className={`composer composer-${to}${dropping ? " composer-dropping" : ""}`}
      onSubmit={(e) => {
        e.preventDefault();
        draft.send();
      }}
    >
      <ComposerNotes {...props} draft={draft} to={to} />
      {dropping && <p className="composer-drop">{t.attach.drop}</p>}
      <ComposerAttachments to={to} agent={props.agent} />
      <ComposerField
        area={area}
        to={to}
        draft={draft}
        rights={rights}
        commands={props.commands}
        attaches={props.limits.attachmentBytes !== undefined}
        onKeyDown={onKeyDown}
      />
      <ComposerBar
        rights={rights}
        to={to}
        onTarget={choose}
        commands={props.commands}
        onCommand={draft.write}
        mayStop={props.mayStop}
        onInterrupt={
          rights.host && props.busy && to === "prompt" ? () => draft.send("interrupt") : null
        }
        problem={problem(draft, props.limits)}
        hint={hint(props.busy && to === "prompt", rights)}
        maySend={draft.maySend}
      />
    </form>
  );
}

/** Returns a ref for the text field, which takes the focus when the user is likely to write. */
function useField(handle: Ref<ComposerHandle>, replyTo: Message | null) {
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(handle, () => ({ focus: () => area.current?.focus() }));
  useEffect(() => {
    if (replyTo) area.current?.focus();
  }, [replyTo]);
  useEffect(() => {
    inItsDirection(area.current);
    // Keys typed at random must go here, not to a card that waits. On a touch
    // screen the focus would bring up the keyboard.
    if (!isTouch() && document.activeElement === document.body)
      area.current?.focus({ preventScroll: true });
  }, []);
  return area;
}

/** Returns what keeps the text from being sent; empty if nothing does. */
function problem({ full, over, attached }: Draft, limits: Limits): string {
  if (attached === "failed") return t.attach.failed;
  if (attached === "uploading") return t.attach.uploading;
  if (attached === "tooMuch") return t.attach.tooMuch(formatSize(limits.attachmentsBytes ?? 0));
  if (full) return t.composer.full;
  return over > 0 ? t.composer.tooLong(over) : "";
}

function hint(busy: boolean, rights: Rights): string {
  if (!busy) return isTouch() ? "" : t.composer.hint;
  return rights.prompt === "propose" ? t.composer.queuedProposal : t.composer.queued;
}
