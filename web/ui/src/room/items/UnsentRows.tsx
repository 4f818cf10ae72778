import { LongText } from "../../content/LongText.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import type { Target } from "../../core/composed.ts";
import type { Unsent } from "../../core/outbox.ts";
import { Face } from "../../parts/Face.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { TextButton } from "../../parts/TextButton.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { Attached } from "./Attached.tsx";
import "./UnsentRows.css";

interface Props {
  unsent: readonly Unsent[];
  /** Which targets the user may write to. */
  writes: Readonly<Record<Target, boolean>>;
  onPutBack(unsent: Unsent): void;
}

/** The user's texts that the server has not acknowledged or has refused, below the rows. */
export function UnsentRows({ unsent, writes, onPutBack }: Props) {
  const { meId, person } = useTools();
  return unsent.map((u) => (
    <div key={u.id} className={`row unsent unsent-${u.target}`}>
      <article
        className="chat chat-own"
        aria-label={(u.refused === undefined ? t.unsent : t.unsent.refused)[u.target]}
      >
        <Face person={person(meId)} />
        <div className="chat-body">
          {u.refused === undefined ? (
            <header className="unsent-state">
              <Icon name="clock" size={13} />
              {t.unsent.state}
            </header>
          ) : (
            <header className="unsent-refused">
              <Icon name="warn" size={13} />
              {t.unsent.notSent} {u.refused}
            </header>
          )}
          <div className="bubble">
            {u.target === "chat" ? (
              <LongText text={u.text} />
            ) : (
              <WholeText text={u.text} label={t.waiting.prompt} />
            )}
            <Attached content={u.content} />
          </div>
          {u.refused !== undefined && (
            <Refused id={u.id} onPutBack={writes[u.target] ? () => onPutBack(u) : null} />
          )}
        </div>
      </article>
    </div>
  ));
}

// The text is put into the composer on request only, since another text may be there by
// now.
function Refused({ id, onPutBack }: { id: string; onPutBack: (() => void) | null }) {
  const { outbox } = useTools().writing;
  return (
    <footer className="unsent-actions">
      {onPutBack && <TextButton onClick={onPutBack}>{t.unsent.putBack}</TextButton>}
      <TextButton onClick={() => outbox.discard(id)}>{t.unsent.discard}</TextButton>
    </footer>
  );
}
