import { LongText } from "../../content/LongText.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import type { Unsent } from "../../core/outbox.ts";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";

/** What one has written and the server has not acknowledged, below the rows. */
export function UnsentRows({ unsent }: { unsent: readonly Unsent[] }) {
  return unsent.map((u) => (
    <div key={u.id} className={`row unsent unsent-${u.target}`}>
      <article className="chat chat-own" aria-label={t.unsent[u.target]}>
        <div className="chat-body">
          <header className="unsent-state">
            <Icon name="clock" size={13} />
            {t.unsent.state}
          </header>
          <div className="bubble">
            {u.target === "chat" ? (
              <LongText text={u.text} />
            ) : (
              <WholeText text={u.text} label={t.waiting.prompt} />
            )}
          </div>
        </div>
      </article>
    </div>
  ));
}
