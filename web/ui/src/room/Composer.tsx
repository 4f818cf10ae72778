import { ActionIcon, Button, Menu, SegmentedControl, Textarea } from "@mantine/core";
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from "react";

import type { Message } from "parley-client";

import type { AgentCommand } from "../core/acp.ts";
import { nameOf } from "../core/room.ts";
import type { Rights } from "../core/rights.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import { useTyping } from "./useTyping.ts";

type Target = "chat" | "prompt";

export interface ComposerHandle {
  focus(): void;
  toggle(): void;
}

interface Props {
  rights: Rights;
  why: string;
  busy: boolean;
  mayStop: boolean;
  commands: readonly AgentCommand[];
  limits: { messageBytes: number; promptBytes: number };
  live: boolean;
  replyTo: Message | null;
  onReplyDone(): void;
  onSent(): void;
  handle: Ref<ComposerHandle>;
}

export function Composer(props: Props) {
  const { rights, replyTo } = props;
  const tools = useTools();
  const area = useRef<HTMLTextAreaElement>(null);
  const [target, setTarget] = useState<Target>(rights.host ? "prompt" : "chat");
  const [drafts, setDrafts] = useState<Record<Target, string>>({ chat: "", prompt: "" });
  const to: Target = rights.prompt === "no" || replyTo ? "chat" : target;
  const text = drafts[to];
  const typing = useTyping(tools.store.client, props.live);
  const toggle = () => setTarget(to === "chat" ? "prompt" : "chat");
  useImperativeHandle(props.handle, () => ({ focus: () => area.current?.focus(), toggle }));
  useEffect(() => {
    if (replyTo) area.current?.focus();
  }, [replyTo]);

  if (!rights.talk) {
    return (
      <div className="composer composer-off">
        <Icon name="eye" />
        <p>{props.why}</p>
      </div>
    );
  }

  const write = (value: string) => {
    setDrafts({ ...drafts, [to]: value });
    typing(value.trim() !== "");
  };
  const over = new TextEncoder().encode(text).length - (to === "chat" ? props.limits.messageBytes : props.limits.promptBytes);
  const send = () => {
    const trimmed = text.trim();
    if (trimmed === "" || over > 0) return;
    typing(false);
    setDrafts({ ...drafts, [to]: "" });
    props.onReplyDone();
    props.onSent();
    const client = tools.store.client;
    const sent =
      to === "prompt" ? client.prompt(trimmed) : client.chat(trimmed, replyTo ? { replyTo: replyTo.id } : {});
    // What was refused can be mended and sent again.
    void tools.run(sent).then((ok) => !ok && setDrafts((now) => (now[to] === "" ? { ...now, [to]: text } : now)));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Enter" && !e.shiftKey && !e.nativeEvent.isComposing) {
      e.preventDefault();
      send();
    } else if (e.key === "." && (e.ctrlKey || e.metaKey) && rights.prompt !== "no") {
      e.preventDefault();
      toggle();
    } else if (e.key === "Escape" && replyTo) {
      props.onReplyDone();
    }
  };
  return (
    <form
      className={`composer composer-${to}`}
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      {replyTo && <ReplyLine message={replyTo} onDrop={props.onReplyDone} />}
      <Textarea
        ref={area}
        aria-label={t.composer.label[to]}
        placeholder={placeholder(to, rights)}
        value={text}
        autosize
        minRows={1}
        maxRows={10}
        variant="unstyled"
        classNames={{ input: "composer-input" }}
        onChange={(e) => write(e.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div className="composer-bar">
        {rights.prompt !== "no" && (
          <SegmentedControl
            size="xs"
            aria-label={t.composer.to}
            value={to}
            onChange={(v) => {
              props.onReplyDone();
              setTarget(v as Target);
              area.current?.focus();
            }}
            data={[
              { value: "chat", label: <Choice icon="chat" text={t.composer.chat} /> },
              { value: "prompt", label: <Choice icon="spark" text={t.composer.prompt} /> },
            ]}
          />
        )}
        {to === "prompt" && props.commands.length > 0 && <Commands commands={props.commands} onChoose={(c) => write(c)} />}
        <span className="composer-hint">{over > 0 ? t.composer.tooLong(`${over} bytes`) : props.busy && to === "prompt" ? t.composer.queued : t.composer.hint}</span>
        {props.mayStop && (
          <Button
            size="xs"
            variant="default"
            className="stop"
            aria-label={t.room.cancelTurn}
            leftSection={<Icon name="stop" size={14} />}
            onClick={() => void tools.run(tools.store.client.cancel())}
          >
            <span className="stop-word">{t.room.cancelTurn}</span>
          </Button>
        )}
        <Button type="submit" size="xs" disabled={text.trim() === "" || over > 0} rightSection={<Icon name="send" size={14} />}>
          {to === "chat" ? t.composer.send : rights.prompt === "propose" ? t.composer.propose : t.composer.run}
        </Button>
      </div>
    </form>
  );
}

function placeholder(to: Target, rights: Rights): string {
  if (to === "chat") return t.composer.chatPlaceholder;
  return rights.prompt === "propose" ? t.composer.proposePlaceholder : t.composer.promptPlaceholder;
}

function Choice({ icon, text }: { icon: "chat" | "spark"; text: string }) {
  return (
    <span className="choice">
      <Icon name={icon} size={14} />
      {text}
    </span>
  );
}

function ReplyLine({ message, onDrop }: { message: Message; onDrop(): void }) {
  const tools = useTools();
  const author = tools.person(message.participantId);
  return (
    <p className="reply-line">
      <Icon name="reply" size={14} />
      <span className="cut">
        {t.composer.replyTo(author ? nameOf(author) : t.somebody)}: {message.text.slice(0, 140)}
      </span>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t.composer.dropReply} onClick={onDrop}>
        <Icon name="cross" size={14} />
      </ActionIcon>
    </p>
  );
}

function Commands({ commands, onChoose }: { commands: readonly AgentCommand[]; onChoose(text: string): void }) {
  return (
    <Menu position="top-start" width={320}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t.composer.commands}>
          <Icon name="list" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className="commands">
        <Menu.Label>{t.composer.commands}</Menu.Label>
        {commands.slice(0, 50).map((c) => (
          <Menu.Item key={c.name} onClick={() => onChoose(`/${c.name} `)}>
            <span className="mono">/{c.name}</span>
            <span className="command-about">{c.description}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
