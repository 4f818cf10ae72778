import { CallView, hiddenIn } from "../../content/CallView.tsx";
import { HiddenWarning, Visible } from "../../content/Visible.tsx";
import { decided, WholeText } from "../../content/WholeText.tsx";
import type { PermissionOption } from "parley-client/view";
import { characterEnd } from "../../core/chunks.ts";
import type { PermissionRow } from "parley-client/view";
import { countHidden, marked } from "../../core/visible.ts";
import { Icon } from "../../parts/Icon.tsx";
import { Part } from "../../parts/kept.tsx";
import { KeyCap } from "../../parts/KeyCap.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { QuestionText, questionTexts } from "./QuestionText.tsx";
import { Rest } from "./Rest.tsx";
import { Decide, DecisionCard, Undelivered } from "./DecisionCard.tsx";
import { useDeciding } from "./useDeciding.ts";
import "./QuestionCard.css";

// A button shows the beginning of a longer name; the card shows all of it.
const longestName = 120;

/** A question of the agent, with everything that it asks about. */
export function QuestionCard({ row }: { row: PermissionRow }) {
  const names = row.options.map((o) => o.name);
  const texts = [...questionTexts(row), ...names];
  const hidden = hiddenIn(row.call) + texts.reduce((n, text) => n + countHidden(text), 0);
  const long = names.filter((name) => name.length > longestName);
  return (
    <DecisionCard
      label={`${t.waiting.asks}: ${marked((row.title || row.call.title).slice(0, 300))}`}
      about={row.call}
    >
      <header>
        <span className="face face-sm face-agent" aria-hidden="true">
          <Icon name="spark" size={13} />
        </span>
        <strong>{t.waiting.asks}</strong>
      </header>
      <HiddenWarning count={hidden} />
      <QuestionText row={row} />
      <CallView call={row.call} />
      {long.map((name, i) => (
        <Part key={i} name={`option ${i}`}>
          <WholeText text={name} label={t.waiting.option} {...decided} />
        </Part>
      ))}
      {row.cut > 0 ? (
        <Rest of="requestId" id={row.requestId} bytes={row.cut} />
      ) : (
        <Options requestId={row.requestId} options={row.options} />
      )}
    </DecisionCard>
  );
}

interface OptionsProps {
  requestId: string;
  options: readonly PermissionOption[];
}

function Options({ requestId, options }: OptionsProps) {
  const { client } = useTools();
  const { busy, decide } = useDeciding();
  const answer = (option: string) => decide(() => client.answerPermission(requestId, option));
  return (
    <div className="wait-actions">
      {options.map((o, i) => {
        const key = i < 9 ? String(i + 1) : undefined;
        return (
          <Decide
            key={o.id}
            busy={busy}
            hotkey={key}
            variant="default"
            aria-description={t.waiting.does(o.kind)}
            leftSection={<KindIcon kind={o.kind} />}
            rightSection={key && <KeyCap name={key} />}
            onDecide={() => answer(o.id)}
          >
            <Name name={o.name} />
            <span className="option-does" aria-hidden="true">
              {t.waiting.does(o.kind)}
            </span>
          </Decide>
        );
      })}
      <Undelivered busy={busy} />
    </div>
  );
}

function KindIcon({ kind }: { kind: string }) {
  if (kind.startsWith("reject_")) return <Icon name="cross" size={14} className="bad" />;
  if (kind.startsWith("allow_")) return <Icon name="check" size={14} className="good" />;
  return null;
}

function Name({ name }: { name: string }) {
  if (name.length <= longestName) return <Visible text={name} />;
  return <Visible text={`${name.slice(0, characterEnd(name, longestName))}…`} />;
}
