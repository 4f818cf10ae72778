import { useEffect, useState } from "react";

import { ParleyError, type Elicitation, type ElicitationForm } from "parley-client";

import { HiddenWarning, Visible } from "../../content/Visible.tsx";
import { decided, WholeText } from "../../content/WholeText.tsx";
import {
  contentOf,
  defaultsOf,
  hiddenInRequest,
  type Filled,
  type Mistakes,
} from "../../core/form.ts";
import { marked } from "../../core/visible.ts";
import { Icon } from "../../parts/Icon.tsx";
import { useKept } from "../../parts/kept.tsx";
import { KeyCap } from "../../parts/KeyCap.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { Decide, DecisionCard, Undelivered } from "./DecisionCard.tsx";
import { FormFields } from "./FormFields.tsx";
import { Rest } from "./Rest.tsx";
import { useDeciding } from "./useDeciding.ts";
import "./ElicitationCard.css";

/** A request of the agent for input: a form to fill in, or a page to open. */
export function ElicitationCard({ request }: { request: Elicitation }) {
  const title = request.mode === "url" ? t.forms.asksPage : t.forms.asks;
  return (
    <DecisionCard label={`${title}: ${marked(request.message.slice(0, 300))}`} about={request}>
      <header>
        <span className="face face-sm face-agent" aria-hidden="true">
          <Icon name="spark" size={13} />
        </span>
        <strong>{title}</strong>
      </header>
      <HiddenWarning count={hiddenInRequest(request)} />
      <WholeText text={request.message} label={t.forms.message} {...decided} />
      {request.truncated ? (
        <Rest of="requestId" id={request.requestId} bytes={request.wholeBytes ?? 0} />
      ) : request.form ? (
        <FormToFill requestId={request.requestId} form={request.form} />
      ) : (
        <PageToOpen request={request} />
      )}
    </DecisionCard>
  );
}

function FormToFill({ requestId, form }: { requestId: string; form: ElicitationForm }) {
  const { client } = useTools();
  const { busy, decide } = useDeciding();
  const [filled, setFilled] = useKept<Filled>("form", defaultsOf(form));
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const { content, mistakes: now } = contentOf(form, filled);
  const send = () => {
    setMistakes(now);
    if (Object.keys(now).length > 0) return;
    decide(() =>
      client.accept(requestId, content).catch((error: unknown) => {
        if (error instanceof ParleyError && error.field !== undefined)
          setMistakes({ [error.field]: error.message });
        throw error;
      }),
    );
  };
  return (
    <>
      <FormFields
        form={form}
        filled={filled}
        mistakes={mistakes}
        onFill={setFilled}
        onDone={send}
      />
      <div className="wait-actions">
        <Decide
          busy={busy}
          hotkey="s"
          leftSection={<Icon name="check" size={14} />}
          rightSection={<KeyCap name="S" />}
          onDecide={send}
        >
          {t.forms.send}
        </Decide>
        <Refusals requestId={requestId} busy={busy} decide={decide} />
      </div>
    </>
  );
}

function PageToOpen({ request }: { request: Elicitation }) {
  const { client } = useTools();
  const { busy, decide } = useDeciding();
  return (
    <>
      <p>{t.forms.target}</p>
      <p className="page-target" dir="ltr">
        <Visible text={request.target ?? ""} />
      </p>
      <p className="form-note">{t.forms.targetNote}</p>
      <div className="wait-actions">
        <Decide
          busy={busy}
          hotkey="a"
          leftSection={<Icon name="check" size={14} />}
          rightSection={<KeyCap name="A" />}
          onDecide={() => decide(() => client.accept(request.requestId))}
        >
          {t.forms.acceptPage}
        </Decide>
        <Refusals requestId={request.requestId} busy={busy} decide={decide} />
      </div>
    </>
  );
}

interface RefusalsProps extends ReturnType<typeof useDeciding> {
  requestId: string;
}

function Refusals({ requestId, busy, decide }: RefusalsProps) {
  const { client } = useTools();
  return (
    <>
      <Decide
        busy={busy}
        hotkey="d"
        variant="default"
        leftSection={<Icon name="cross" size={14} className="bad" />}
        rightSection={<KeyCap name="D" />}
        onDecide={() => decide(() => client.decline(requestId))}
      >
        {t.forms.decline}
      </Decide>
      <Decide
        busy={busy}
        hotkey="n"
        variant="default"
        rightSection={<KeyCap name="N" />}
        onDecide={() => decide(() => client.dismiss(requestId))}
      >
        {t.forms.dismiss}
      </Decide>
      <Undelivered busy={busy} />
    </>
  );
}

/** Loads what a request was answered with, once. */
export function useGiven(requestId: string, wanted: boolean) {
  const { client } = useTools();
  const [given, setGiven] = useState<Awaited<ReturnType<typeof client.givenAnswer>> | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    client.givenAnswer(requestId).then(
      (answer) => !gone && setGiven(answer),
      () => !gone && setFailed(true),
    );
    return () => {
      gone = true;
    };
  }, [client, requestId, wanted]);
  return { given, failed };
}
