import { Textarea } from "@mantine/core";
import {
  memo,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent,
  type Ref,
} from "react";

import type { AvailableCommand, Message } from "parley-client";

import { WholeText } from "../content/WholeText.tsx";
import { HiddenWarning } from "../content/Visible.tsx";
import type { Target } from "../core/composed.ts";
import { isTouch, sendsOnEnter } from "../core/enter.ts";
import { isWaiting, newestRowOf } from "../core/outbox.ts";
import type { Rights } from "../core/rights.ts";
import { Seen } from "../core/seen.ts";
import { countHidden, withoutHidden } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { inItsDirection } from "../parts/direction.ts";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { ComposerBar } from "./ComposerBar.tsx";
import { useTools } from "./context.ts";
import { ReplyLine } from "./ReplyLine.tsx";
import { useTyping } from "./useTyping.ts";
import "./Composer.css";

export interface ComposerHandle {
  focus(): void;
}

interface Props {
  rights: Rights;
  why: string;
  busy: boolean;
  mayStop: boolean;
  commands: readonly AvailableCommand[];
  limits: { messageBytes: number; promptBytes: number };
  live: boolean;
  lost: boolean;
  replyTo: Message | null;
  onReplyDone(): void;
  onSent(): void;
  /** Shows what was not sent. */
  onUnsent(): void;
  handle: Ref<ComposerHandle>;
}

/**
 * Where one writes; why one may not, where that is so. It is not drawn again
 * with each piece of what the agent says.
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

// Elsewhere the height is measured at each change, for which the whole page is laid out.
const growsByItself = globalThis.CSS?.supports("field-sizing", "content") ?? false;

function Writing(props: Props) {
  const { rights, replyTo } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const { composed } = useTools().writing;
  const { target } = useSyncExternalStore(composed.subscribe, composed.snapshot);
  const chosen = target ?? (rights.host ? "prompt" : "chat");
  const to: Target = rights.prompt === "no" || replyTo ? "chat" : chosen;
  const draft = useDraft(props, to);
  useImperativeHandle(props.handle, () => ({ focus: () => area.current?.focus() }));
  useEffect(() => {
    if (replyTo) area.current?.focus();
  }, [replyTo]);
  useEffect(() => {
    inItsDirection(area.current);
    // What is typed goes here, and not to something that waits. A touch screen
    // would bring its keyboard up.
    if (!isTouch() && document.activeElement === document.body)
      area.current?.focus({ preventScroll: true });
  }, []);

  const choose = (next: Target) => {
    props.onReplyDone();
    composed.change({ target: next });
    area.current?.focus();
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const plain = !e.shiftKey && !isTouch();
    if (sendsOnEnter(e.nativeEvent) && (plain || e.ctrlKey || e.metaKey)) {
      if (!e.repeat) draft.send();
    } else if (e.key === "." && (e.ctrlKey || e.metaKey) && rights.prompt !== "no") {
      choose(to === "chat" ? "prompt" : "chat");
    } else if (e.key === "Escape" && replyTo) props.onReplyDone();
    else return;
    e.preventDefault();
  };
  return (
    <form
      className={`composer composer-${to}`}
      onSubmit={(e) => {
        e.preventDefault();
        draft.send();
      }}
    >
      {props.lost && draft.unsent > 0 && (
        <p className="reply-line" role="status">
          <Icon name="clock" size={14} />
          {t.composer.unsent(draft.unsent)}
        </p>
      )}
      {countHidden(draft.text) > 0 && (
        <div className="composer-hidden">
          <HiddenWarning count={countHidden(draft.text)} />
          <WholeText text={draft.text} label={t.composer.label[to]} lines={4} />
          <TextButton onClick={() => draft.write(withoutHidden(draft.text))}>
            {t.hidden.remove}
          </TextButton>
        </div>
      )}
      {draft.refused > 0 && (
        <p className="reply-line composer-why" role="alert">
          <Icon name="warn" size={14} />
          <span>{t.composer.refused(draft.refused)}</span>
          <TextButton onClick={props.onUnsent}>{t.composer.showUnsent}</TextButton>
        </p>
      )}
      {replyTo && <ReplyLine message={replyTo} onDrop={props.onReplyDone} />}
      <Textarea
        ref={area}
        aria-label={t.composer.label[to]}
        placeholder={placeholder(to, rights)}
        enterKeyHint={isTouch() ? "enter" : "send"}
        value={draft.text}
        autosize={!growsByItself}
        minRows={1}
        maxRows={10}
        variant="unstyled"
        classNames={{ input: "composer-input" }}
        onChange={(e) => draft.write(e.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ComposerBar
        rights={rights}
        to={to}
        onTarget={choose}
        commands={props.commands}
        onCommand={draft.write}
        mayStop={props.mayStop}
        hint={
          draft.full ? t.composer.full : hint(draft.over, props.busy && to === "prompt", rights)
        }
        maySend={draft.maySend}
      />
    </form>
  );
}

function placeholder(to: Target, rights: Rights): string {
  if (to === "chat") return t.composer.chatPlaceholder;
  return rights.prompt === "propose" ? t.composer.proposePlaceholder : t.composer.promptPlaceholder;
}

function hint(over: number, busy: boolean, rights: Rights): string {
  if (over > 0) return t.composer.tooLong(over);
  if (!busy) return isTouch() ? "" : t.composer.hint;
  return rights.prompt === "propose" ? t.composer.queuedProposal : t.composer.queued;
}

/** What is being written, to each by itself, and how it is sent. */
function useDraft(props: Props, to: Target) {
  const { client, meId, store, writing } = useTools();
  const { composed, outbox } = writing;
  const typing = useTyping(client, props.live);
  const { [to]: text } = useSyncExternalStore(composed.subscribe, composed.snapshot);
  const seen = useSeen(props.rights.prompt);
  const all = useSyncExternalStore(outbox.subscribe, outbox.snapshot);
  const unsent = all.filter(isWaiting).length;
  const refused = all.filter((u) => u.refused !== undefined).length;
  const most = to === "chat" ? props.limits.messageBytes : props.limits.promptBytes;
  const over = new TextEncoder().encode(text).length - most;
  const trimmed = text.trim();
  const full = trimmed !== "" && !outbox.hasRoomFor(trimmed);
  const maySend = trimmed !== "" && over <= 0 && !full;

  const write = (value: string) => {
    composed.change({ [to]: value });
    typing(value.trim() !== "");
  };
  const send = () => {
    if (!maySend) return;
    const as = to === "prompt" ? becomes[seen.at(performance.now())] : undefined;
    if (to === "prompt" && !as) return; // a moment ago one could not prompt, and wrote to people
    const after = newestRowOf(store.snapshot().room?.timeline.items ?? [], meId);
    outbox.add({
      target: to,
      text: trimmed,
      ...(as && { as }),
      ...(props.replyTo && { replyTo: props.replyTo.id }),
      ...(after !== undefined && { after }),
    });
    typing(false);
    composed.change({ [to]: "" });
    props.onReplyDone();
    props.onSent();
  };
  return { text, over, full, maySend, unsent, refused, write, send };
}

/** What a prompt becomes, by the right to prompt. */
const becomes = { no: undefined, propose: "proposal", direct: "direct" } as const;

/** What of a value its reader can have seen. */
function useSeen<T>(value: T): Seen<T> {
  const [seen] = useState(() => new Seen(value));
  useEffect(() => seen.show(value, performance.now()), [seen, value]);
  return seen;
}
