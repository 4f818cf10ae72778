import type { Notice, NoticeRow } from "parley-client/view";

import { Short } from "../../content/Short.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Time } from "../../parts/Time.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { sentence } from "./noticeText.ts";
import { JsonFold } from "./ToolCard.tsx";
import "./NoticeLine.css";

/** A notice about the session or its people. */
export function NoticeLine({ row }: { row: NoticeRow }) {
  const n = row.notice;
  const { store } = useTools();
  if (n.what === "unknown") return <JsonFold name={n.name} value={n.raw} />;
  if (n.what === "agent" && n.detail) {
    return (
      <Fold name="detail" className="fold-quiet notice-agent" summary={t.agent(n.status)}>
        <WholeText text={n.detail} label={t.tool.output} mono />
      </Fold>
    );
  }
  if (n.what === "agentNotice") return <AgentNotice notice={n} at={row.at} />;
  if (n.what === "forgot" && n.recap) {
    return (
      <>
        <p className="notice">
          <span>{sentence(n, undefined)}</span> <Time at={row.at} />
        </p>
        <Fold name="recap" className="fold-quiet" summary={t.notice.recap}>
          <WholeText text={n.recap} label={t.notice.recap} mono />
        </Fold>
      </>
    );
  }
  return (
    <p className="notice">
      <span>{sentence(n, store.snapshot().room?.agent.configOptions)}</span> <Time at={row.at} />
    </p>
  );
}

/** Information of the agent for the user. */
function AgentNotice({ notice, at }: { notice: AgentNoticeOf; at: number }) {
  const { severity, title, description } = notice;
  const grave = t.notice.severities[severity];
  return (
    <div className={`agent-notice agent-notice-${grave ? severity : "info"}`} role="note">
      <Icon name={grave ? "warn" : "spark"} size={14} />
      <div className="agent-notice-text">
        <p>
          {grave && <span className="hidden-visually">{grave}: </span>}
          <Short text={title} /> <Time at={at} />
        </p>
        {description && <WholeText text={description} label={t.whole.text} lines={6} />}
      </div>
    </div>
  );
}

type AgentNoticeOf = Extract<Notice, { what: "agentNotice" }>;
