import { Button, Textarea, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import type { Approval } from "parley-client";

import { nameOf } from "../core/room.ts";
import { Face } from "../parts/Face.tsx";
import { Icon } from "../parts/Icon.tsx";
import { KeyCap } from "../parts/KeyCap.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

type Doing = "look" | "edit" | "reject";

/** A prompt to decide on: as it is, edited, or not at all. */
export function Proposal({ approval: a, first }: { approval: Approval; first: boolean }) {
  const tools = useTools();
  const author = tools.person(a.participantId);
  const name = author ? nameOf(author) : t.somebody;
  const [doing, setDoing] = useState<Doing>("look");
  const [edited, setEdited] = useState(a.prompt);
  const [reason, setReason] = useState("");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Its buttons would stay below the edge of the list.
    if (doing !== "look") form.current?.scrollIntoView({ block: "nearest" });
  }, [doing]);
  const decision = useDecision(a, doing === "edit" ? edited.trim() : a.prompt, reason.trim());
  return (
    <article className="wait" aria-label={t.waiting.proposes(name)}>
      <header>
        <Face person={author} size="sm" />
        <strong>{t.waiting.proposes(name)}</strong>
      </header>
      <form
        ref={form}
        className="wait-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (doing === "reject") decision.reject();
          else decision.approve();
        }}
      >
        {doing === "edit" ? (
          <Edited text={edited} onChange={setEdited} onDone={decision.approve} />
        ) : (
          <div className="prompt-text" dir="auto" tabIndex={0}>
            {a.prompt}
          </div>
        )}
        {doing === "reject" && <Reason text={reason} onChange={setReason} />}
        <Buttons doing={doing} onDoing={setDoing} first={first} decision={decision} />
      </form>
    </article>
  );
}

function useDecision(a: Approval, prompt: string, reason: string) {
  const tools = useTools();
  const client = tools.client;
  const [busy, setBusy] = useState(false);
  const changed = prompt !== "" && prompt !== a.prompt;
  const run = (command: Promise<unknown>) => {
    setBusy(true);
    void tools.run(command).then((ok) => !ok && setBusy(false));
  };
  return {
    busy,
    changed,
    approve: () => run(client.approve(a.id, changed ? { prompt } : {})),
    reject: () => run(client.reject(a.id, reason === "" ? {} : { reason })),
  };
}

interface FieldProps {
  text: string;
  onChange(text: string): void;
}

function Edited({ text, onChange, onDone }: FieldProps & { onDone(): void }) {
  return (
    <Textarea
      aria-label={t.waiting.editLabel}
      value={text}
      autosize
      minRows={2}
      maxRows={8}
      autoFocus
      onChange={(e) => onChange(e.currentTarget.value)}
      onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && onDone()}
    />
  );
}

function Reason({ text, onChange }: FieldProps) {
  return (
    <TextInput
      aria-label={t.waiting.rejectFor}
      placeholder={t.waiting.rejectFor}
      value={text}
      maxLength={500}
      autoFocus
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  );
}

interface ButtonsProps {
  doing: Doing;
  onDoing(doing: Doing): void;
  first: boolean;
  decision: ReturnType<typeof useDecision>;
}

function Buttons({ doing, onDoing, first, decision }: ButtonsProps) {
  const key = (k: string) => (first ? k : undefined);
  const cap = (k: string) => first && <KeyCap name={k} />;
  const rest = { size: "xs", variant: "default", type: "button", disabled: decision.busy } as const;
  return (
    <div className="wait-actions">
      {doing === "reject" ? (
        <Button size="xs" color="red" type="submit" disabled={decision.busy}>
          {t.waiting.reject}
        </Button>
      ) : (
        <Button
          size="xs"
          type="submit"
          disabled={decision.busy}
          data-key={key("a")}
          leftSection={<Icon name="check" size={14} />}
          rightSection={doing === "look" && cap("A")}
        >
          {decision.changed ? t.waiting.approveEdited : t.waiting.approve}
        </Button>
      )}
      {doing === "look" ? (
        <>
          <Button
            {...rest}
            data-key={key("e")}
            leftSection={<Icon name="pencil" size={14} />}
            rightSection={cap("E")}
            onClick={() => onDoing("edit")}
          >
            {t.waiting.edit}
          </Button>
          <Button
            {...rest}
            data-key={key("r")}
            leftSection={<Icon name="cross" size={14} className="bad" />}
            rightSection={cap("R")}
            onClick={() => onDoing("reject")}
          >
            {t.waiting.reject}
          </Button>
        </>
      ) : (
        <Button {...rest} onClick={() => onDoing("look")}>
          {t.cancel}
        </Button>
      )}
    </div>
  );
}
