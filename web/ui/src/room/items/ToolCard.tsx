import { ToolContentView } from "../../content/ToolContentView.tsx";
import { Parts } from "../../content/Parts.tsx";
import { Short } from "../../content/Short.tsx";
import { TerminalBox } from "../../content/TerminalBox.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import { duration, pretty } from "../../core/format.ts";
import type { ToolRow } from "parley-client/view";
import { placeText } from "../../core/files.ts";
import { isDiff } from "parley-client/view";
import { marked } from "../../core/visible.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon, type IconName } from "../../parts/Icon.tsx";
import { Part, useKept } from "../../parts/kept.tsx";
import { Spinner } from "../../parts/Spinner.tsx";
import { t } from "../../texts.ts";
import { useDecider } from "../context.ts";
import { StopWork } from "./StopWork.tsx";
import "./ToolCard.css";

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

// A title up to this length is shown whole if there is room.
const shortTitle = 60;

// All of them are in the raw input or the output.
const maxPlaces = 12;

/** A tool call: a line, and its result below. */
export function ToolCard({ row }: { row: ToolRow }) {
  const title = row.title || row.places[0]?.path || row.name || t.tool.untitled;
  const longTitle = title.length > shortTitle || title.includes("\n");
  const shows =
    longTitle ||
    row.places.length > 0 ||
    row.content.length > 0 ||
    row.canStop ||
    row.terminals.length > 0 ||
    row.input !== undefined ||
    row.output !== undefined;
  const [chosen, setChosen] = useKept<boolean | null>("open", null);
  const open = chosen ?? opensByItself(row);
  const label = marked(title.slice(0, 300));
  return (
    <section
      className={`card tool tool-${row.status}`}
      aria-label={`${t.tool.kinds[row.kind] ?? t.tool.kinds.other}: ${label}`}
    >
      <button
        type="button"
        className="tool-head"
        aria-expanded={open}
        disabled={!shows}
        onClick={() => setChosen(!open)}
      >
        <Icon name={icons[row.kind] ?? "tool"} size={15} className="tool-icon" />
        <span className={`tool-title cut ${row.kind === "execute" ? "mono" : ""}`}>
          <Short text={title} />
        </span>
        <Status row={row} />
        {shows && <Icon name={open ? "down" : "right"} size={14} className="tool-fold" />}
      </button>
      {open && shows && (
        <div className="tool-body">
          {longTitle && (
            <div className="tool-whole-title">
              <WholeText
                text={title}
                label={t.tool.title}
                mono={row.kind === "execute"}
                lines={8}
              />
            </div>
          )}
          <About row={row} title={title} />
          {row.canStop && row.endedAt === null && (
            <StopWork work={{ toolCallId: row.id }} name={label} />
          )}
          <Brought row={row} title={label} />
          {(brings(row) === 0 || chosen) && <Raw row={row} open={brings(row) === 0} />}
        </div>
      )}
    </section>
  );
}

/** The name of the tool and the files that it works on, as far as the title does not have them. */
function About({ row, title }: { row: ToolRow; title: string }) {
  const places = row.places.map(placeText).filter((p) => !title.includes(p));
  const name = row.name !== "" && !title.includes(row.name) ? row.name : "";
  if (name === "" && places.length === 0) return null;
  return (
    <p className="tool-about soft">
      {name && <Short text={name} />}
      {places.slice(0, maxPlaces).map((p, i) => (
        <span key={i} className="mono">
          <Short text={p} />
        </span>
      ))}
      {places.length > maxPlaces && <span>{t.tool.morePlaces(places.length - maxPlaces)}</span>}
    </p>
  );
}

function brings(row: ToolRow): number {
  return row.content.length + row.terminals.length;
}

function Brought({ row, title }: { row: ToolRow; title: string }) {
  const { questions } = useDecider();
  // A diff to decide on is shown in the card of the question.
  const elsewhere = row.question !== null && questions.has(row.question);
  const named = new Set(row.content.map((c) => (c.type === "terminal" ? c.terminalId : null)));
  const others = row.terminals.filter((t) => !named.has(t.id));
  return (
    <>
      <Parts of={row.content}>
        {(c) =>
          c.type === "terminal" ? (
            <TerminalBox
              terminal={row.terminals.find((t) => t.id === c.terminalId)}
              label={t.tool.outputOf(title)}
              stop={<StopWork work={{ terminalId: c.terminalId }} name={title} />}
            />
          ) : elsewhere && isDiff(c) ? null : (
            <ToolContentView content={c} runs={row.kind === "execute"} title={title} />
          )
        }
      </Parts>
      {others.map((terminal, i) => (
        <Part key={terminal.id} name={`other terminal ${i}`}>
          <TerminalBox
            terminal={terminal}
            label={t.tool.outputOf(title)}
            stop={<StopWork work={{ terminalId: terminal.id }} name={title} />}
          />
        </Part>
      ))}
    </>
  );
}

// Changes and the output of commands open by themselves; what was only read does not.
function opensByItself(row: ToolRow): boolean {
  if (row.content.some((c) => isDiff(c) || (c.type === "block" && c.block.type === "image")))
    return true;
  if (row.canStop && row.endedAt === null) return true;
  return row.status === "failed" || (row.kind === "execute" && brings(row) > 0);
}

const icon = {
  completed: "check",
  failed: "cross",
  cancelled: "stop",
  unfinished: "question",
} as const;

// The other states have icons that everyone knows.
const told = new Set<string>(["failed", "cancelled", "paused", "unfinished"]);

function Status({ row }: { row: ToolRow }) {
  const took = row.endedAt === null ? null : row.endedAt - row.at;
  return (
    <span className="tool-status">
      {took !== null && took >= 100 && <span className="soft">{duration(took)}</span>}
      {row.status === "in_progress" ? (
        <Spinner />
      ) : (
        <Icon
          name={row.status in icon ? icon[row.status as keyof typeof icon] : "clock"}
          size={15}
        />
      )}
      <span className={told.has(row.status) ? "" : "hidden-visually"}>
        {t.tool.states[row.status]}
      </span>
    </span>
  );
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
    <Fold name={name} summary={marked(name)} className="fold-quiet" open={open}>
      <WholeText
        text={typeof value === "string" ? value : pretty(value)}
        label={marked(name)}
        mono
      />
    </Fold>
  );
}
