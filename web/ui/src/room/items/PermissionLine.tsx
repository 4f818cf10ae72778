import { CallView, hiddenIn } from "../../content/CallView.tsx";
import { shortened } from "../../content/Short.tsx";
import { HiddenWarning } from "../../content/Visible.tsx";
import type { PermissionRow } from "parley-client/view";
import { nameOf } from "../../core/name.ts";
import { marked } from "../../core/visible.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";
import { QuestionCard } from "../cards/QuestionCard.tsx";
import { QuestionText } from "../cards/QuestionText.tsx";
import { useDecider } from "../context.ts";
import "./PermissionLine.css";

/**
 * A question of the agent: a card while the user is to answer it, afterwards a record
 * of the answer.
 */
export function PermissionLine({ row }: { row: PermissionRow }) {
  const { questions } = useDecider();
  if (questions.has(row.requestId)) return <QuestionCard row={row} />;
  return (
    <>
      <Answer row={row} />
      <Fold
        name="about"
        summary={t.permission.about(row.state === "open")}
        className="fold-quiet permission-about"
      >
        <QuestionText row={row} />
        <CallView call={row.call} />
        <HiddenWarning count={hiddenIn(row.call)} />
      </Fold>
    </>
  );
}

function Answer({ row }: { row: PermissionRow }) {
  return (
    <p className={`permission permission-${row.state} ${allowed(row) ? "" : "permission-no"}`}>
      <Icon name={row.state === "open" ? "question" : allowed(row) ? "check" : "cross"} size={15} />
      <span>
        {row.state === "open" ? `${t.permission.asks}: ${t.permission.waits}` : answer(row)}
      </span>
    </p>
  );
}

function chosen(row: PermissionRow) {
  return row.options.find((o) => o.id === row.optionId);
}

function allowed(row: PermissionRow): boolean {
  return row.state === "selected" && !(chosen(row)?.kind ?? "").startsWith("reject");
}

function answer(row: PermissionRow): string {
  if (row.state === "withdrawn") return t.permission.withdrawn;
  const what = marked(shortened(chosen(row)?.name ?? row.optionId ?? t.permission.rejectedDefault));
  if (row.source === "policy") return t.permission.byPolicy(what);
  if (row.source === "timeout") return t.permission.byTimeout(what);
  if (row.state === "cancelled") return t.permission.cancelled;
  return t.permission.answered(row.answeredBy ? nameOf(row.answeredBy) : t.someone, what);
}
