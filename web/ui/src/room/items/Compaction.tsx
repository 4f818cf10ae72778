import type { CompactionRow } from "parley-client/view";

import { Blocks } from "../../content/Blocks.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import { marked } from "../../core/visible.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Spinner } from "../../parts/Spinner.tsx";
import { Time } from "../../parts/Time.tsx";
import { t } from "../../texts.ts";
import "./NoticeLine.css";

/** The agent's shortening of its context, with the summary that it goes on with. */
export function Compaction({ row }: { row: CompactionRow }) {
  const said = t.compaction.states[row.status] ?? t.compaction.other(marked(row.status));
  const running = row.status === "in_progress";
  if (row.summary.length === 0 && row.error === null) {
    return (
      <p className="notice">
        {running && <Spinner />} <span>{said}</span> <Time at={row.at} />
      </p>
    );
  }
  return (
    <Fold
      name="compaction"
      className="fold-quiet"
      summary={
        <>
          {running ? <Spinner /> : <Icon name={row.error === null ? "check" : "warn"} size={14} />}
          <span className="fold-name">{said}</span>
        </>
      }
    >
      {row.error !== null && <WholeText text={row.error} label={said} />}
      <Blocks blocks={row.summary} open={running} />
    </Fold>
  );
}
