import { RichText } from "../../content/RichText.tsx";
import { Short } from "../../content/Short.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import type { PlanEntry } from "parley-client/view";
import type { PlanRow } from "parley-client/view";
import { Icon } from "../../parts/Icon.tsx";
import { Part } from "../../parts/kept.tsx";
import { t } from "../../texts.ts";
import "./Plan.css";

export function Plan({ row }: { row: PlanRow }) {
  const done = row.entries.filter((e) => e.status === "completed").length;
  return (
    <section className="card plan" aria-label={t.plan.title}>
      <header>
        <Icon name="list" size={15} />
        <strong>{t.plan.title}</strong>
        <span className="soft">
          {row.removed
            ? t.plan.removed
            : row.entries.length > 0 && t.people.done(done, row.entries.length)}
        </span>
      </header>
      {row.text !== null && <RichText text={row.text} />}
      {row.uri !== null && (
        <p>
          {t.plan.file} <Short text={row.uri} />
        </p>
      )}
      {row.entries.length > 0 && <Steps entries={row.entries} />}
    </section>
  );
}

export function Steps({ entries }: { entries: readonly PlanEntry[] }) {
  return (
    <ol className="steps">
      {entries.map((e, i) => (
        <li key={i} className={`step step-${e.status}`}>
          <span className="tick" aria-hidden="true">
            {e.status === "completed" ? <Icon name="check" size={12} /> : null}
          </span>
          <div className="step-text">
            <Part name={`step ${i}`}>
              <WholeText text={e.content} label={t.plan.title} lines={4} characters={400} />
            </Part>
            <span className="hidden-visually">, {t.plan.states[e.status]}</span>
          </div>
        </li>
      ))}
    </ol>
  );
}
