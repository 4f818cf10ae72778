import { useState } from "react";

import { OneBlock } from "../../content/Blocks.tsx";
import { LazyDiff } from "../../content/LazyDiff.tsx";
import { Terminal } from "../../content/Terminal.tsx";
import type { ToolContent } from "../../core/acp.ts";
import { onlyFence } from "../../core/fence.ts";
import { duration, pretty } from "../../core/format.ts";
import type { ToolRow } from "../../core/items.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon, type IconName } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";

const icons: Record<string, IconName> = {
  read: "eye",
  edit: "pencil",
  delete: "trash",
  move: "move",
  search: "search",
  execute: "terminal",
  think: "bulb",
  fetch: "globe",
};

/** A tool call: one line, and what it brought below. */
export function ToolCard({ row }: { row: ToolRow }) {
  const shows = row.content.length > 0 || row.input !== undefined || row.output !== undefined;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? opensByItself(row);
  const title = row.title || row.paths[0] || t.tool.untitled;
  return (
    <section
      className={`card tool tool-${row.status}`}
      aria-label={`${t.tool.kinds[row.kind] ?? t.tool.kinds.other}: ${title}`}
    >
      <button
        type="button"
        className="tool-head"
        aria-expanded={open}
        disabled={!shows}
        onClick={() => setChosen(!open)}
      >
        <Icon name={icons[row.kind] ?? "tool"} size={15} className="tool-icon" />
        <span className={`tool-title cut ${row.kind === "execute" ? "mono" : ""}`} title={title}>
          {title}
        </span>
        <Status row={row} />
        {shows && <Icon name={open ? "down" : "right"} size={14} className="tool-fold" />}
      </button>
      {open && shows && (
        <div className="tool-body">
          {row.content.map((c, i) => (
            <Content key={i} content={c} row={row} title={title} />
          ))}
          {(row.content.length === 0 || chosen) && (
            <Raw row={row} open={row.content.length === 0} />
          )}
        </div>
      )}
    </section>
  );
}

// What changes files or runs is what people come to see; what was read is not.
function opensByItself(row: ToolRow): boolean {
  if (
    row.content.some((c) => c.type === "diff" || (c.type === "block" && c.block.type === "image"))
  )
    return true;
  return row.status === "failed" || (row.kind === "execute" && row.content.length > 0);
}

const icon = { completed: "check", failed: "cross", unfinished: "question" } as const;

function Status({ row }: { row: ToolRow }) {
  const took = row.endedAt === null ? null : row.endedAt - row.at;
  return (
    <span className="tool-status">
      {took !== null && took >= 100 && <span className="soft">{duration(took)}</span>}
      {row.status === "in_progress" ? (
        <span className="spinner" aria-hidden="true" />
      ) : (
        <Icon
          name={row.status in icon ? icon[row.status as keyof typeof icon] : "clock"}
          size={15}
        />
      )}
      <span
        className={row.status === "failed" || row.status === "unfinished" ? "" : "hidden-visually"}
      >
        {t.tool.states[row.status]}
      </span>
    </span>
  );
}

function Content({
  content: c,
  row,
  title,
}: {
  content: ToolContent;
  row: ToolRow;
  title: string;
}) {
  if (c.type === "diff") return <LazyDiff path={c.path} oldText={c.oldText} newText={c.newText} />;
  if (c.type === "unknown") return <JsonFold name={t.agentSays.unknownBlock} value={c.raw} />;
  if (c.block.type === "text") {
    const fence = onlyFence(c.block.text);
    const plain = fence?.code ?? (row.kind === "execute" ? c.block.text : null);
    if (plain !== null && (row.kind === "execute" || !fence?.language)) {
      return <Terminal output={plain} label={t.tool.outputOf(title)} />;
    }
  }
  return <OneBlock block={c.block} />;
}

function Raw({ row, open = false }: { row: ToolRow; open?: boolean }) {
  return (
    <>
      {row.input !== undefined && <JsonFold name={t.tool.input} value={row.input} open={open} />}
      {row.output !== undefined && <JsonFold name={t.tool.output} value={row.output} open={open} />}
    </>
  );
}

export function JsonFold({
  name,
  value,
  open = false,
}: {
  name: string;
  value: unknown;
  open?: boolean;
}) {
  return (
    <Fold summary={name} className="fold-quiet" open={open}>
      <pre className="json" tabIndex={0}>
        {typeof value === "string" ? value : pretty(value)}
      </pre>
    </Fold>
  );
}
