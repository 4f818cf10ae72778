import { Blocks } from "../../content/Blocks.tsx";
import { duration } from "../../core/format.ts";
import type { SayRow } from "parley-client/view";
import { marked } from "../../core/visible.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";
import "./AgentSays.css";

/** What the agent says or thinks, or was told elsewhere. */
export function AgentSays({ row }: { row: SayRow }) {
  if (row.voice === "message") {
    return (
      <article className="says" aria-label={t.agentSays.name} aria-busy={row.open}>
        <Blocks blocks={row.blocks} open={row.open} />
      </article>
    );
  }
  return (
    <Fold name="says" className={`fold-quiet ${row.voice}`} summary={<Summary row={row} />}>
      <Blocks blocks={row.blocks} open={row.open} />
    </Fold>
  );
}

function Summary({ row }: { row: SayRow }) {
  const first = row.blocks.find((b) => b.type === "text");
  const took = row.until - row.at;
  const name =
    row.voice === "user"
      ? t.agentSays.userEcho
      : row.open
        ? t.agentSays.thinking
        : t.agentSays.thought;
  return (
    <>
      <Icon name={row.voice === "user" ? "chat" : "bulb"} size={14} />
      <span className="fold-name">
        {name}
        {row.voice === "thought" && !row.open && took >= 1000 && ` ${t.turn.for(duration(took))}`}
      </span>
      <span className="cut" dir="auto">
        {first?.type === "text" ? marked(first.text.slice(0, 200)) : ""}
      </span>
    </>
  );
}
