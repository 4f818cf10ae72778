import { useState, useSyncExternalStore } from "react";

import { HiddenWarning } from "../../content/Visible.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import { withoutLabels } from "parley-client";
import type { PromptRow } from "parley-client/view";
import { nameOf } from "../../core/name.ts";
import { countHidden, marked } from "../../core/visible.ts";
import { Face } from "../../parts/Face.tsx";
import { Fold } from "../../parts/Fold.tsx";
import { Icon, type IconName } from "../../parts/Icon.tsx";
import { TextButton } from "../../parts/TextButton.tsx";
import { Time } from "../../parts/Time.tsx";
import { t } from "../../texts.ts";
import { ProposalCard } from "../cards/ProposalCard.tsx";
import { useDecider, useTools } from "../context.ts";
import { EditPrompt, editedAs } from "../EditPrompt.tsx";
import { Attached } from "./Attached.tsx";
import "./Prompt.css";

const waits = new Set(["pending", "queued"]);

/**
 * A prompt, and who proposed, edited, approved or rejected it. It is a card while the
 * user is to decide on it.
 */
export function Prompt({ row }: { row: PromptRow }) {
  const { proposals } = useDecider();
  if (proposals.has(row.approval.id)) return <ProposalCard approval={row.approval} />;
  return <Settled row={row} />;
}

function Settled({ row }: { row: PromptRow }) {
  const tools = useTools();
  const { acts, prompts } = useDecider();
  const { approval: a, state } = row;
  const author = row.author ?? tools.person(a.participantId);
  const name = author ? nameOf(author) : t.someone;
  const proposed = row.decidedBy === null || row.decidedBy.id !== a.participantId;
  const mine = a.participantId === tools.meId;
  const shown = withoutLabels(a.prompt, a.content);
  return (
    <article
      className={`prompt prompt-${state}`}
      aria-label={proposed ? t.prompt.proposed(name) : t.prompt.prompted(name)}
    >
      <header>
        <Face person={author} />
        <span className="prompt-who">
          <strong dir="auto">{name}</strong> <span className="soft">{credits(row)}</span>
        </span>
        <State row={row} />
        <Time at={row.at} />
      </header>
      {a.when === "interrupt" && <p className="soft">{t.prompt.interrupts}</p>}
      {shown !== "" && (
        <div className="prompt-text">
          <WholeText text={shown} label={t.waiting.prompt} />
        </div>
      )}
      <Attached content={a.content} />
      <HiddenWarning count={countHidden(a.prompt)} />
      {a.originalPrompt !== null && a.originalPrompt !== a.prompt && (
        <Fold name="original" summary={t.prompt.original} className="fold-quiet">
          <div className="prompt-text prompt-before">
            <WholeText text={a.originalPrompt} label={t.waiting.prompt} />
          </div>
        </Fold>
      )}
      {mine && state === "failed" && <SendAgain row={row} />}
      {mine && waits.has(state) && acts && (
        <EditPrompt approval={a} as={editedAs(prompts, state === "pending")} />
      )}
    </article>
  );
}

/** Sends a failed prompt again, for example after somebody has signed in to the agent. */
function SendAgain({ row: { approval: a } }: { row: PromptRow }) {
  const tools = useTools();
  const over = useSessionIsOver();
  const [sent, setSent] = useState(false);
  if (over || sent || a.content?.length) return null;
  const send = () => tools.run(tools.client.prompt(a.prompt));
  return <TextButton onClick={() => void send().then(setSent)}>{t.prompt.sendAgain}</TextButton>;
}

function credits(row: PromptRow): string {
  const said = decision(row);
  return row.approval.replaces === undefined ? said : `${said}, ${t.prompt.edits}`;
}

function decision(row: PromptRow): string {
  const { approval: a, decidedBy } = row;
  if (decidedBy === null) return t.prompt.proposes;
  if (row.state === "rejected" && decidedBy.id === a.participantId)
    return a.reason === "replaced" ? t.prompt.replaced : t.prompt.withdrawn;
  if (decidedBy.id === a.participantId) return t.prompt.prompts;
  if (row.state === "rejected") {
    const why = a.reason ? t.notice.because(marked(a.reason)) : "";
    return t.prompt.rejectedBy(nameOf(decidedBy)) + why;
  }
  return a.originalPrompt === null
    ? t.prompt.approvedBy(nameOf(decidedBy))
    : t.prompt.editedBy(nameOf(decidedBy));
}

const stateIcons: Partial<Record<string, IconName>> = {
  pending: "clock",
  queued: "clock",
  rejected: "cross",
  failed: "cross",
};

function State({ row }: { row: PromptRow }) {
  const over = useSessionIsOver();
  if (row.state === "approved" || row.state === "done") return null;
  // What waited when the session ended can no longer be decided on.
  const state = row.state === "pending" && over ? "undecided" : row.state;
  const icon = stateIcons[state];
  const detail = state === "queued" && row.ahead > 0 ? `, ${t.prompt.ahead(row.ahead)}` : "";
  return (
    <span className={`chip chip-${state}`}>
      {icon && <Icon name={icon} size={13} />}
      {state === "running" && <span className="pulse" />}
      {t.prompt.states[state]}
      {detail}
    </span>
  );
}

function useSessionIsOver(): boolean {
  const { store } = useTools();
  return useSyncExternalStore(
    store.subscribe,
    () => store.snapshot().room?.session.status !== "active",
  );
}
