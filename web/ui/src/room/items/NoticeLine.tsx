import type { ConfigOption } from "parley-client";

import { optionById, valueName } from "../../core/agentOptions.ts";
import type { Notice, NoticeRow } from "parley-client/view";
import { nameOf } from "../../core/name.ts";
import { marked } from "../../core/visible.ts";
import { WholeText } from "../../content/WholeText.tsx";
import { Fold } from "../../parts/Fold.tsx";
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
  return (
    <p className="notice">
      <span>{sentence(n, store.snapshot().room?.agent.configOptions)}</span> <Time at={row.at} />
    </p>
  );
}

function sentence(
  n: Exclude<Notice, { what: "unknown" }>,
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
    case "forgot":
      return t.notice.forgot + (n.reason && t.notice.because(marked(n.reason)));
    case "stray":
      return t.notice.stray;
    case "agentMode":
      return t.notice.agentMode(marked(n.mode));
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
