import type { Message } from "parley-client";

import { HiddenWarning } from "../content/Visible.tsx";
import { WholeText } from "../content/WholeText.tsx";
import type { Target } from "../core/composed.ts";
import { countHidden, withoutHidden } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { ReplyLine } from "./ReplyLine.tsx";
import type { Draft } from "./useDraft.ts";

interface Props {
  draft: Draft;
  to: Target;
  /** Whether the connection is lost. */
  lost: boolean;
  replyTo: Message | null;
  onReplyDone(): void;
  /** Shows the texts that were not sent. */
  onUnsent(): void;
}

/** What the user should know about the text below: that it waits, hides something, or is a reply. */
export function ComposerNotes({ draft, to, lost, replyTo, onReplyDone, onUnsent }: Props) {
  return (
    <>
      {lost && draft.unsent > 0 && (
        <p className="reply-line" role="status">
          <Icon name="clock" size={14} />
          {t.composer.unsent(draft.unsent)}
        </p>
      )}
      <HiddenNote draft={draft} to={to} />
      {draft.refused > 0 && (
        <p className="reply-line composer-why" role="alert">
          <Icon name="warn" size={14} />
          <span>{t.composer.refused(draft.refused)}</span>
          <TextButton onClick={onUnsent}>{t.composer.showUnsent}</TextButton>
        </p>
      )}
      {replyTo && <ReplyLine message={replyTo} onDrop={onReplyDone} />}
    </>
  );
}

/** Shows hidden characters in the text, and removes them on request. */
function HiddenNote({ draft, to }: Pick<Props, "draft" | "to">) {
  const count = countHidden(draft.text);
  if (count === 0) return null;
  return (
    <div className="composer-hidden">
      <HiddenWarning count={count} />
      <WholeText text={draft.text} label={t.composer.label[to]} lines={4} />
      <TextButton onClick={() => draft.write(withoutHidden(draft.text))}>
        {t.hidden.remove}
      </TextButton>
    </div>
  );
}
