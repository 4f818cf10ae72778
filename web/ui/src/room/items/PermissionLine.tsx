import type { PermissionRow } from "../../core/items.ts";
import { nameOf } from "../../core/room.ts";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";

/** The record of a question; it is answered where everything that waits is. */
export function PermissionLine({ row }: { row: PermissionRow }) {
  const tools = useTools();
  const host = tools.person(tools.meId)?.role === "host";
  return (
    <p className={`permission permission-${row.state} ${allowed(row) ? "" : "permission-no"}`}>
      <Icon name={row.state === "open" ? "question" : allowed(row) ? "check" : "cross"} size={15} />
      <span>
        {row.state === "open"
          ? `${t.permission.asks}: ${host ? t.permission.waitsYou : t.permission.waits}`
          : answer(row)}
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
  const what = chosen(row)?.name ?? row.optionId ?? t.permission.rejectedDefault;
  if (row.source === "policy") return t.permission.byPolicy(what);
  if (row.source === "timeout") return t.permission.byTimeout(what);
  if (row.state === "cancelled") return t.permission.cancelled;
  return t.permission.answered(row.answeredBy ? nameOf(row.answeredBy) : t.somebody, what);
}
