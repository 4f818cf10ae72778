import type { ConfigOption } from "parley-client";

import { optionById, valueName } from "../../core/agentOptions.ts";
import type { Notice, NoticeRow } from "parley-client/view";
import { bytes } from "../../core/format.ts";
import { nameOf } from "../../core/name.ts";
import { marked } from "../../core/visible.ts";
import { shortened, Short } from "../../content/Short.tsx";
import { WholeText } from "../../content/WholeText.tsx";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Time } from "../../parts/Time.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
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

function sentence(
  n: Exclude<Notice, { what: "unknown" | "agentNotice" }>,
  options: readonly ConfigOption[] | undefined,
): string {
  switch (n.what) {
    case "created":
      return t.notice.created;
    case "joined":
      return t.notice.joined(nameOf(n.who));
    case "role":
      return t.notice.role(nameOf(n.who), t.role(n.who.role));
    case "left": {
      const why = n.reason ? t.notice.because(marked(n.reason)) : "";
      return (n.removed ? t.notice.removed(nameOf(n.who)) : t.notice.left(nameOf(n.who))) + why;
    }
    case "mode":
      return t.notice.mode(nameOf(n.who), t.mode(n.mode).name);
    case "invite":
      return t.notice.invite(nameOf(n.who));
    case "closed":
      return n.status === "expired" ? t.notice.expired : t.notice.closed;
    case "agent":
      return t.agent(n.status);
    case "restarting":
      return t.notice.restarting(nameOf(n.who));
    case "switched":
      return t.notice.switched(nameOf(n.who), marked(n.from), marked(n.to));
    case "continues":
      return t.notice.continues;
    case "forgot":
      return t.notice.forgot + (n.reason && t.notice.because(marked(n.reason)));
    case "stray":
      return t.notice.stray;
    case "ownTurnCancelled":
      return t.notice.ownTurnCancelled(nameOf(n.who));
    case "stops":
      return t.notice.stops(nameOf(n.who));
    case "stopRefused":
      return t.notice.stopRefused + t.notice.because(marked(n.reason));
    case "refusedInput":
      return t.forms.refused(marked(n.reason));
    case "agentMode":
      return t.notice.agentMode(marked(n.mode));
    case "agentOption":
      return t.notice.agentOption(...settingOf(options, n));
    case "agentTitle":
      return t.notice.agentTitle(marked(shortened(n.title)));
    case "oversized":
      return t.notice.oversized(marked(n.name), bytes(n.bytes));
    case "option":
      return n.value === null
        ? t.notice.optionForgotten(nameOf(n.who), optionName(options, n.optionId))
        : t.notice.option(nameOf(n.who), ...settingOf(options, n));
    case "optionFailed": {
      const reason = marked(n.reason);
      const text = t.notice.optionFailed(nameOf(n.who), ...settingOf(options, n), reason);
      return n.promptsWait ? text + t.notice.promptsWait : text;
    }
  }
}

function optionName(options: readonly ConfigOption[] | undefined, id: string): string {
  return marked(optionById(options, id)?.name || id);
}

/** Returns the names of an option and of a value. An option that is gone has its id. */
function settingOf(
  options: readonly ConfigOption[] | undefined,
  { optionId, value }: { optionId: string; value: unknown },
): [option: string, value: string] {
  const option = optionById(options, optionId);
  return [optionName(options, optionId), marked(valueName(option, value, t.facts.values))];
}
