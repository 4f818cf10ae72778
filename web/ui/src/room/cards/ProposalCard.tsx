import { Textarea, TextInput } from "@mantine/core";
import { useEffect, useState, type KeyboardEvent } from "react";

import type { Approval } from "parley-client";

import { HiddenWarning } from "../../content/Visible.tsx";
import { decided, WholeText } from "../../content/WholeText.tsx";
import { sendsOnEnter } from "../../core/enter.ts";
import { nameOf } from "../../core/name.ts";
import { countHidden } from "../../core/visible.ts";
import { Face } from "../../parts/Face.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { useKept } from "../../parts/kept.tsx";
import { KeyCap } from "../../parts/KeyCap.tsx";
import { inItsDirection } from "../../parts/direction.ts";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { Attached, useLoaded } from "../items/Attached.tsx";
import { Decide, DecisionCard, Undelivered, useCard } from "./DecisionCard.tsx";
import type { Draft } from "./drafts.ts";
import { Rest } from "./Rest.tsx";
import { useDeciding } from "./useDeciding.ts";
import "./ProposalCard.css";

/** A proposed prompt, to approve as it is, edit or reject. */
export function ProposalCard({ approval: a }: { approval: Approval }) {
  const tools = useTools();
  const author = tools.person(a.participantId);
  const name = author ? nameOf(author) : t.someone;
  return (
    <DecisionCard label={t.waiting.proposes(name)} about={a.prompt}>
      <header>
        <Face person={author} size="sm" />
        <strong>{t.waiting.proposes(name)}</strong>
        {a.replaces !== undefined && <span className="soft">{t.prompt.edits}</span>}
      </header>
      {a.when === "interrupt" && (
        <p className="wait-note">
          <Icon name="warn" size={14} /> {t.prompt.interrupts}
        </p>
      )}
      {a.truncated ? <Beginning approval={a} /> : <Whole approval={a} />}
    </DecisionCard>
  );
}

/** Shows the beginning of a prompt. It cannot be decided on until the rest is loaded. */
function Beginning({ approval: a }: { approval: Approval }) {
  return (
    <>
      <Rest of="approvalId" id={a.id} bytes={a.wholeBytes ?? 0} />
      <div className="prompt-text">
        <WholeText text={`${a.prompt}…`} label={t.waiting.prompt} {...decided} />
      </div>
    </>
  );
}

function Whole({ approval: a }: { approval: Approval }) {
  const [draft, setDraft] = useDraft(a);
  return <Body approval={a} draft={draft} sent={sentText(a, draft)} onDraft={setDraft} />;
}

function sentText(a: Approval, draft: Draft): string {
  return draft.doing === "edit" && draft.edited.trim() !== "" ? draft.edited.trim() : a.prompt;
}

function useDraft(a: Approval) {
  const [draft, keep] = useKept<Draft>("draft", { doing: "look", edited: a.prompt, reason: "" });
  return [draft, (change: Partial<Draft>) => keep({ ...draft, ...change })] as const;
}

interface BodyProps {
  approval: Approval;
  draft: Draft;
  /** The prompt that the agent will get. */
  sent: string;
  onDraft(change: Partial<Draft>): void;
}

function Body({ approval: a, draft, sent, onDraft }: BodyProps) {
  const { rearrange } = useCard();
  // Nobody approves an image that is not there yet.
  const loaded = useLoaded(a.content);
  const decision = useDecision(a, sent, draft.reason.trim(), loaded);
  const { doing } = draft;
  // A card that comes back into sight with a draft must not take the focus from
  // what the user is typing elsewhere.
  const [opened, setOpened] = useState(false);
  useEffect(() => rearrange(), [rearrange, doing, loaded]);
  return (
    <>
      <HiddenWarning count={countHidden(sent)} />
      {doing === "edit" ? (
        <Edited
          text={draft.edited}
          sent={sent}
          focus={opened}
          onChange={(edited) => onDraft({ edited })}
          onDone={decision.approve}
          onCancel={() => onDraft({ doing: "look" })}
        />
      ) : (
        <div className="prompt-text">
          <WholeText text={a.prompt} label={t.waiting.prompt} {...decided} />
        </div>
      )}
      <Attached content={a.content} />
      {doing === "reject" && (
        <TextInput
          ref={inItsDirection}
          aria-label={t.waiting.rejectFor}
          placeholder={t.waiting.rejectFor}
          value={draft.reason}
          maxLength={500}
          autoFocus={opened}
          onChange={(e) => onDraft({ reason: e.currentTarget.value })}
          onKeyDown={(e) => sendsOnEnter(e.nativeEvent) && !e.repeat && decision.reject()}
        />
      )}
      <Buttons
        doing={doing}
        decision={decision}
        onDoing={(doing) => {
          setOpened(true);
          onDraft({ doing });
        }}
      />
    </>
  );
}

interface EditedProps {
  text: string;
  sent: string;
  focus: boolean;
  onChange(text: string): void;
  onDone(): void;
  onCancel(): void;
}

function Edited({ text, sent, focus, onChange, onDone, onCancel }: EditedProps) {
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Escape" && !e.nativeEvent.isComposing) {
      e.stopPropagation();
      onCancel();
      return;
    }
    if ((e.ctrlKey || e.metaKey) && !e.repeat && sendsOnEnter(e.nativeEvent)) onDone();
  };
  return (
    <>
      <Textarea
        ref={inItsDirection}
        aria-label={t.waiting.editLabel}
        value={text}
        autosize
        minRows={2}
        maxRows={12}
        autoFocus={focus}
        onChange={(e) => onChange(e.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {countHidden(sent) > 0 && (
        <figure className="sent" aria-label={t.waiting.sent}>
          <figcaption>{t.waiting.sent}</figcaption>
          <WholeText text={sent} label={t.waiting.prompt} {...decided} />
        </figure>
      )}
    </>
  );
}

function useDecision(a: Approval, prompt: string, reason: string, mayApprove: boolean) {
  const { client } = useTools();
  const { busy, decide } = useDeciding();
  const changed = prompt !== a.prompt;
  return {
    busy,
    changed,
    mayApprove,
    approve: () => {
      if (mayApprove) decide(() => client.approve(a.id, changed ? { prompt } : {}));
    },
    reject: () => decide(() => client.reject(a.id, reason === "" ? {} : { reason })),
  };
}

interface ButtonsProps {
  doing: Draft["doing"];
  onDoing(doing: Draft["doing"]): void;
  decision: ReturnType<typeof useDecision>;
}

function Buttons({ doing, onDoing, decision }: ButtonsProps) {
  const { busy, changed, mayApprove, approve, reject } = decision;
  if (doing === "look") {
    return (
      <div className="wait-actions">
        <Decide
          busy={busy || !mayApprove}
          hotkey="a"
          leftSection={<Icon name="check" size={14} />}
          rightSection={<KeyCap name="A" />}
          onDecide={approve}
        >
          {t.waiting.approve}
        </Decide>
        <Decide
          busy={busy}
          hotkey="e"
          variant="default"
          leftSection={<Icon name="pencil" size={14} />}
          rightSection={<KeyCap name="E" />}
          onDecide={() => onDoing("edit")}
        >
          {t.waiting.edit}
        </Decide>
        <Decide
          busy={busy}
          hotkey="r"
          variant="default"
          leftSection={<Icon name="cross" size={14} className="bad" />}
          rightSection={<KeyCap name="R" />}
          onDecide={() => onDoing("reject")}
        >
          {t.waiting.reject}
        </Decide>
        <Undelivered busy={busy} />
      </div>
    );
  }
  return (
    <div className="wait-actions">
      {doing === "reject" ? (
        <Decide busy={busy} color="red" onDecide={reject}>
          {t.waiting.reject}
        </Decide>
      ) : (
        <Decide
          busy={busy || !mayApprove}
          leftSection={<Icon name="check" size={14} />}
          onDecide={approve}
        >
          {changed ? t.waiting.approveEdited : t.waiting.approve}
        </Decide>
      )}
      <Decide busy={busy} variant="default" onDecide={() => onDoing("look")}>
        {t.cancel}
      </Decide>
      <Undelivered busy={busy} />
    </div>
  );
}
