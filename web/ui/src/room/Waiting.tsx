import { Button } from "@mantine/core";
import { useState } from "react";

import type { Approval, Permission } from "parley-client";

import { isObject, readOptions, readToolFields } from "../core/acp.ts";
import { Icon } from "../parts/Icon.tsx";
import { KeyCap } from "../parts/KeyCap.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import { Proposal } from "./Proposal.tsx";

interface Props {
  pending: readonly Approval[];
  permissions: readonly Permission[];
  /** Whether single keys work. */
  keys: boolean;
}

/** What waits for the host: prompts to decide on, and the agent's questions. */
export function Waiting({ pending, permissions, keys }: Props) {
  const count = pending.length + permissions.length;
  if (count === 0) return null;
  return (
    <section className={keys ? "waiting" : "waiting no-keys"} aria-label={t.waiting.region}>
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
  const row = tools.store
    .snapshot()
    .room?.timeline.items.findLast((r) => r.type === "permission" && r.requestId === p.requestId);
  const answer = (option: string) => {
    setBusy(true);
    void tools
      .run(tools.client.answerPermission(p.requestId, option))
      .then((ok) => !ok && setBusy(false));
  };
  return (
    <article className="wait" aria-label={`${t.waiting.asks}: ${fields.title ?? ""}`}>
      <header>
        <span className="face face-sm face-agent" aria-hidden="true">
          <Icon name="spark" size={13} />
        </span>
        <strong className="cut">{t.waiting.asks}</strong>
        {row && (
          <button type="button" className="text-button" onClick={() => tools.show(row.key)}>
            {t.waiting.show}
          </button>
        )}
      </header>
      <div className="prompt-text mono" dir="auto" tabIndex={0}>
        {fields.title ?? t.tool.untitled}
      </div>
      <div className="wait-actions">
        {readOptions(p.options).map((o, i) => (
          <Button
            key={o.id}
            size="xs"
            variant="default"
            disabled={busy}
            data-key={first && i < 9 ? String(i + 1) : undefined}
            leftSection={
              <Icon
                name={o.kind.startsWith("reject") ? "cross" : "check"}
                size={14}
                className={o.kind.startsWith("reject") ? "bad" : "good"}
              />
            }
            rightSection={first && i < 9 ? <KeyCap name={String(i + 1)} /> : undefined}
            onClick={() => answer(o.id)}
          >
            {o.name}
          </Button>
        ))}
      </div>
    </article>
  );
}
