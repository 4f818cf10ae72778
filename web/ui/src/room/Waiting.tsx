import { Button, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Approval, Permission } from "parley-client";

import { isObject, readOptions, readToolFields } from "../core/acp.ts";
import { nameOf } from "../core/room.ts";
import { Face } from "../parts/Face.tsx";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

interface Props {
  pending: readonly Approval[];
  permissions: readonly Permission[];
}

/** What waits for the host: prompts to decide on, and the agent's questions. */
export function Waiting({ pending, permissions }: Props) {
  const count = pending.length + permissions.length;
  if (count === 0) return null;
  return (
    <section className="waiting" aria-label={t.waiting.region}>
      <h2>
        <Icon name="bell" size={15} />
        {t.waiting.title(count)}
      </h2>
      <div className="waiting-list">
        {permissions.map((p, i) => (
          <Question key={p.requestId} permission={p} first={i === 0} />
        ))}
        {pending.map((a, i) => (
          <Proposal key={a.id} approval={a} first={i === 0} />
        ))}
      </div>
    </section>
  );
}

function Question({ permission: p, first }: { permission: Permission; first: boolean }) {
  const tools = useTools();
  const [busy, setBusy] = useState(false);
  const call = isObject(p.toolCall) ? p.toolCall : {};
  const fields = readToolFields(call);
  const row = tools.store.snapshot().room?.timeline.items.findLast((r) => r.type === "permission" && r.requestId === p.requestId);
  const answer = (option: string) => {
    setBusy(true);
    void tools.run(tools.store.client.answerPermission(p.requestId, option)).then((ok) => !ok && setBusy(false));
  };
  return (
    <article className="wait" aria-label={`${t.waiting.asks}: ${fields.title ?? ""}`}>
      <header>
        <span className="face face-sm face-agent" aria-hidden="true">
          <Icon name="spark" size={13} />
        </span>
        <span className="cut">
          <strong>{t.waiting.asks}</strong> <span className="mono">{fields.title ?? t.tool.untitled}</span>
        </span>
        {row && (
          <button type="button" className="text-button" onClick={() => tools.show(row.key)}>
            {t.waiting.show}
          </button>
        )}
      </header>
      <div className="wait-actions">
        {readOptions(p.options).map((o, i) => (
          <Button
            key={o.id}
            size="xs"
            variant="default"
            disabled={busy}
            data-key={first && i < 9 ? String(i + 1) : undefined}
            leftSection={<Icon name={o.kind.startsWith("reject") ? "cross" : "check"} size={14} className={o.kind.startsWith("reject") ? "bad" : "good"} />}
            onClick={() => answer(o.id)}
          >
            {o.name}
          </Button>
        ))}
      </div>
    </article>
  );
}

function Proposal({ approval: a, first }: { approval: Approval; first: boolean }) {
  const tools = useTools();
  const [doing, setDoing] = useState<"look" | "edit" | "reject">("look");
  const [edited, setEdited] = useState(a.prompt);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const author = tools.person(a.participantId);
  const client = tools.store.client;
  const run = (command: Promise<unknown>) => {
    setBusy(true);
    void tools.run(command).then((ok) => !ok && setBusy(false));
  };
  const changed = edited.trim() !== "" && edited.trim() !== a.prompt;
  const approve = () => run(client.approve(a.id, doing === "edit" && changed ? { prompt: edited.trim() } : {}));
  const reject = () => run(client.reject(a.id, reason.trim() === "" ? {} : { reason: reason.trim() }));
  const name = author ? nameOf(author) : t.somebody;
  return (
    <article className="wait" aria-label={t.waiting.proposes(name)}>
      <header>
        <Face person={author} size="sm" />
        <strong>{t.waiting.proposes(name)}</strong>
      </header>
      {doing === "edit" ? (
        <Textarea
          aria-label={t.waiting.editLabel}
          value={edited}
          autosize
          minRows={2}
          maxRows={8}
          autoFocus
          onChange={(e) => setEdited(e.currentTarget.value)}
          onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && approve()}
        />
      ) : (
        <div className="prompt-text" dir="auto" tabIndex={0}>
          {a.prompt}
        </div>
      )}
      {doing === "reject" && (
        <form
          id={`reject-${a.id}`}
          onSubmit={(e) => {
            e.preventDefault();
            reject();
          }}
        >
          <TextInput aria-label={t.waiting.rejectFor} placeholder={t.waiting.rejectFor} value={reason} maxLength={500} autoFocus onChange={(e) => setReason(e.currentTarget.value)} />
        </form>
      )}
      <div className="wait-actions">
        {doing === "reject" ? (
          <Button size="xs" color="red" disabled={busy} type="submit" form={`reject-${a.id}`}>
            {t.waiting.reject}
          </Button>
        ) : (
          <Button size="xs" disabled={busy} leftSection={<Icon name="check" size={14} />} data-key={first ? "a" : undefined} onClick={approve}>
            {doing === "edit" && changed ? t.waiting.approveEdited : t.waiting.approve}
          </Button>
        )}
        {doing === "look" ? (
          <>
            <Button size="xs" variant="default" disabled={busy} data-key={first ? "e" : undefined} leftSection={<Icon name="pencil" size={14} />} onClick={() => setDoing("edit")}>
              {t.waiting.edit}
            </Button>
            <Button size="xs" variant="default" disabled={busy} data-key={first ? "r" : undefined} leftSection={<Icon name="cross" size={14} className="bad" />} onClick={() => setDoing("reject")}>
              {t.waiting.reject}
            </Button>
          </>
        ) : (
          <Button size="xs" variant="default" disabled={busy} onClick={() => setDoing("look")}>
            {t.cancel}
          </Button>
        )}
      </div>
    </article>
  );
}
