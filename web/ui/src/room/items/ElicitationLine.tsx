import { useState } from "react";

import type { ElicitationForm } from "parley-client";
import type { ElicitationRow } from "parley-client/view";

import { HiddenWarning, Visible } from "../../content/Visible.tsx";
import { decided, WholeText } from "../../content/WholeText.tsx";
import { hiddenInRequest } from "../../core/form.ts";
import { nameOf } from "../../core/name.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { TextButton } from "../../parts/TextButton.tsx";
import { t } from "../../texts.ts";
import { ElicitationCard, useGiven } from "../cards/ElicitationCard.tsx";
import { About, FormHead, Label } from "../cards/FormFields.tsx";
import { useDecider, useTools } from "../context.ts";
import "./PermissionLine.css";

/**
 * A request of the agent for input: a card while the user is to answer it, afterwards a
 * record that it was answered.
 */
export function ElicitationLine({ row }: { row: ElicitationRow }) {
  const { questions, stops: host } = useDecider();
  const { meId } = useTools();
  const { request, state } = row;
  if (questions.has(request.requestId)) return <ElicitationCard request={request} />;
  const good = state === "accepted" || state === "opened" || state === "completed";
  return (
    <>
      <p className={`permission ${good || state === "open" ? "" : "permission-no"}`}>
        <Icon name={state === "open" ? "question" : good ? "check" : "cross"} size={15} />
        <span>{sentence(row)}</span>
      </p>
      {state === "opened" && row.answeredBy?.id === meId && <PageLink id={request.requestId} />}
      {state === "accepted" && host && request.form && <Given id={request.requestId} />}
      <Fold
        name="about"
        summary={t.forms.about(state === "open")}
        className="fold-quiet permission-about"
      >
        <HiddenWarning count={hiddenInRequest(request)} />
        <WholeText text={request.message} label={t.forms.message} {...decided} />
        {request.form && <Outline form={request.form} />}
        {request.target && (
          <p dir="ltr">
            <Visible text={request.target} />
          </p>
        )}
      </Fold>
    </>
  );
}

function sentence({ state, source, answeredBy, request }: ElicitationRow): string {
  const who = answeredBy ? nameOf(answeredBy) : t.someone;
  switch (state) {
    case "open":
      return t.forms.asksOfOther;
    case "opened":
      return t.forms.opened(who);
    case "completed":
      return t.forms.completed(who);
    case "accepted":
      return t.forms.accepted(who, request.mode === "url");
    case "declined":
      return t.forms.declined(who);
    case "withdrawn":
      return t.forms.withdrawn;
    case "cancelled":
      if (source === "timeout") return t.forms.timeout;
      return source === "participant" ? t.forms.dismissed(who) : t.forms.cancelled;
  }
}

/** The address of an accepted page, for the user who accepted. It never opens by itself. */
function PageLink({ id }: { id: string }) {
  const { given, failed } = useGiven(id, true);
  if (failed) return <p className="form-note">{t.forms.addressFailed}</p>;
  if (!given?.url) return null;
  return (
    <div className="permission-about">
      <p className="form-note">{t.forms.address}</p>
      <WholeText text={given.url} label={t.forms.address} mono {...decided} />
      <a href={given.url} target="_blank" rel="noopener noreferrer">
        {t.forms.open}
      </a>
    </div>
  );
}

/** What the agent was given, on demand, for those who may answer. */
function Given({ id }: { id: string }) {
  const [wanted, setWanted] = useState(false);
  const { given, failed } = useGiven(id, wanted);
  if (failed) return <p className="form-note">{t.forms.addressFailed}</p>;
  if (!given) return <TextButton onClick={() => setWanted(true)}>{t.forms.showAnswer}</TextButton>;
  const text = JSON.stringify(given.content, null, 2);
  return <WholeText text={text} label={t.forms.answer} mono {...decided} />;
}

/** The fields of a form that the user cannot fill in. */
function Outline({ form }: { form: ElicitationForm }) {
  return (
    <>
      <FormHead form={form} />
      <ul>
        {form.fields.map((f) => (
          <li key={f.name} dir="auto">
            <Label field={f} form={form} />{" "}
            <span className="form-note">
              <About field={f} />{" "}
              {(f.options ?? []).map((o) => (
                <code key={o.value}>
                  <Visible text={o.title || o.value} />{" "}
                </code>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
