import { Button, Textarea } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";

import type { Approval, PromptAs } from "parley-client";

import { HiddenWarning } from "../content/Visible.tsx";
import { withoutLabels } from "parley-client";
import { sendsOnEnter } from "../core/enter.ts";
import type { Rights } from "../core/rights.ts";
import { countHidden } from "../core/visible.ts";
import { inItsDirection } from "../parts/direction.ts";
import { useKept } from "../parts/kept.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import "./EditPrompt.css";

interface Props {
  approval: Approval;
  /**
   * What the new text becomes: a proposal, or a prompt that keeps its place. Null if the
   * author may not prompt any more.
   */
  as: PromptAs | null;
}

/** Returns what the new text of a prompt becomes that waits for an approval or its turn. */
export function editedAs(prompt: Rights["prompt"], pending: boolean): PromptAs | null {
  if (prompt === "no") return null;
  return pending || prompt === "propose" ? "proposal" : "direct";
}

/** Lets the author of a prompt that has not begun edit or withdraw it. */
export function EditPrompt({ approval: a, as }: Props) {
  const { client, run } = useTools();
  const [text, setText] = useKept<string | null>("edited", null);
  const [opened, setOpened] = useState(false);
  if (text !== null && as !== null)
    return <Editor approval={a} as={as} text={text} focus={opened} onChange={setText} />;
  return (
    <div className="own-actions">
      {as !== null && !a.truncated && (
        <TextButton onClick={() => (setOpened(true), setText(withoutLabels(a.prompt, a.content)))}>
          {t.prompt.edit}
        </TextButton>
      )}
      <TextButton onClick={() => void run(client.withdraw(a.id))}>{t.prompt.withdraw}</TextButton>
    </div>
  );
}

interface EditorProps {
  approval: Approval;
  as: PromptAs;
  text: string;
  focus: boolean;
  /** Called with null to give up. */
  onChange(text: string | null): void;
}

function Editor({ approval: a, as, text, focus, onChange }: EditorProps) {
  const { client, run } = useTools();
  const [busy, setBusy] = useState(false);
  const edited = text.trim();
  const maySave = !busy && edited !== "" && edited !== withoutLabels(a.prompt, a.content);
  const save = async () => {
    if (!maySave) return;
    setBusy(true);
    // If the server refuses, the prompt goes on as it was, and the text stays here.
    await run(client.editPrompt(a.id, edited, { as }));
    setBusy(false);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Escape" && !e.nativeEvent.isComposing) {
      e.stopPropagation();
      onChange(null);
    } else if ((e.ctrlKey || e.metaKey) && !e.repeat && sendsOnEnter(e.nativeEvent)) void save();
  };
  return (
    <div className="own-edit">
      <HiddenWarning count={countHidden(edited)} />
      <Textarea
        ref={inItsDirection}
        aria-label={t.prompt.editLabel}
        description={as === "proposal" ? t.prompt.becomesProposal : t.prompt.keepsPlace}
        value={text}
        autosize
        minRows={2}
        maxRows={12}
        autoFocus={focus}
        onChange={(e) => onChange(e.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div className="own-actions">
        <Button size="xs" disabled={!maySave} loading={busy} onClick={() => void save()}>
          {t.prompt.save}
        </Button>
        <Button size="xs" variant="default" onClick={() => onChange(null)}>
          {t.cancel}
        </Button>
      </div>
    </div>
  );
}
