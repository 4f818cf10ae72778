import { shortened, Short } from "../../content/Short.tsx";
import { ownTurn, type TurnEndRow, type TurnStartRow } from "parley-client/view";
import { costText, percentUsed } from "../../core/agent.ts";
import { duration } from "../../core/format.ts";
import { nameOf } from "../../core/name.ts";
import { marked } from "../../core/visible.ts";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";
import "./Turn.css";

export function TurnStart({ row }: { row: TurnStartRow }) {
  return (
    <p className="turn-start">
      <Icon name="spark" size={15} />
      {row.approvalId === ownTurn ? (
        <span>{t.turn.ownStart}</span>
      ) : (
        <>
          <span>{t.turn.starts}</span>
          <span className="soft cut">
            <Short text={row.prompt} />
          </span>
        </>
      )}
    </p>
  );
}

const icons = { done: "check", cancelled: "stop", failed: "warn" } as const;

export function TurnEnd({ row }: { row: TurnEndRow }) {
  const reason =
    row.state === "done"
      ? (t.turn.reasons[row.detail] ?? marked(shortened(row.detail)))
      : row.state === "failed"
        ? marked(row.detail)
        : cancelledBy(row);
  return (
    <p className={`turn-end turn-${row.state}`}>
      <Icon name={icons[row.state]} size={14} />
      <span>
        {t.turn[row.state]}
        {row.took !== null &&
          ` ${row.state === "done" ? t.turn.in(duration(row.took)) : t.turn.after(duration(row.took))}`}
        {reason && `, ${reason}`}
        {usageText(row)}
      </span>
    </p>
  );
}

/** Returns how much of the context the turn has left in use, and the cost so far. */
function usageText({ usage }: TurnEndRow): string {
  const percent = percentUsed(usage ?? undefined);
  const cost = costText(usage?.cost);
  const parts = [percent === null ? "" : t.turn.used(percent), cost && t.turn.spent(marked(cost))];
  return parts.map((p) => p && ` · ${p}`).join("");
}

function cancelledBy({ cancelledBy: who }: TurnEndRow): string {
  return who ? t.turn.by(nameOf(who)) : "";
}
