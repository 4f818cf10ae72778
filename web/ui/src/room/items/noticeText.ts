/** The sentences of notices. */

import type { ConfigOption } from "parley-client";
import type { Move, Notice } from "parley-client/view";

import { shortened } from "../../content/Short.tsx";
import { optionById, valueName } from "../../core/agentOptions.ts";
import { bytes } from "../../core/format.ts";
import { nameOf } from "../../core/name.ts";
import { marked } from "../../core/visible.ts";
import { t } from "../../texts.ts";

/** Returns what a notice says, in a sentence. options are those of the agent. */
export function sentence(
  n: Exclude<Notice, { what: "unknown" | "agentNotice" }>,
  options: readonly ConfigOption[] | undefined,
): string {
  switch (n.what) {
    case "created":
      return t.notice.created;
    case "moved":
      return t.notice.moved(nameOf(n.who));
    case "role":
      return t.notice.role(nameOf(n.who), t.role(n.who.role));
    case "joined":
    case "left":
    case "people":
      return peopleSentence(n);
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
    case "history":
      return t.notice.history[n.history] ?? t.notice.continues;
    case "continues":
      return t.notice.continues;
    case "forgot":
      return t.notice.forgot + (n.reason && t.notice.because(marked(n.reason)));
    case "slowed":
      return t.notice.slowed;
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
    case "signedIn":
      return t.notice.signedIn(nameOf(n.who));
    case "signInFailed":
      return t.notice.signInFailed(nameOf(n.who)) + t.notice.because(marked(n.reason));
    case "agentTitle":
      return t.notice.agentTitle(marked(shortened(n.title)));
    case "oversized":
      return t.notice.oversized(marked(n.name), bytes(n.bytes));
    default:
      return optionSentence(n, options);
  }
}

type PeopleNotice = Extract<Notice, { what: "joined" | "left" | "people" }>;

function peopleSentence(n: PeopleNotice): string {
  if (n.what === "people") return movesSentence(n.moves);
  const name = nameOf(n.who);
  if (n.what === "joined") return t.notice.joined(name);
  const why = n.reason ? t.notice.because(marked(n.reason)) : "";
  return (n.removed ? t.notice.removed(name) : t.notice.left(name)) + why;
}

/** Says once of each person what their moves come to. */
function movesSentence(moves: readonly Move[]): string {
  const people = new Map<string, { name: string; came: boolean; here: boolean }>();
  for (const { who, joined } of moves) {
    const came = people.get(who.userId)?.came ?? joined;
    people.set(who.userId, { name: nameOf(who), came, here: joined });
  }
  const says = [
    { came: true, here: true, text: t.notice.joined },
    { came: true, here: false, text: t.notice.visited },
    { came: false, here: true, text: t.notice.returned },
    { came: false, here: false, text: t.notice.left },
  ];
  return says
    .map((s) => ({
      ...s,
      who: [...people.values()].filter((p) => p.came === s.came && p.here === s.here),
    }))
    .filter((s) => s.who.length > 0)
    .map((s) => s.text(t.notice.names(s.who.map((p) => p.name))))
    .join("; ");
}

type OptionNotice = Extract<
  Notice,
  { what: "agentMode" | "agentOption" | "option" | "optionFailed" }
>;

function optionSentence(n: OptionNotice, options: readonly ConfigOption[] | undefined): string {
  switch (n.what) {
    case "agentMode":
      return t.notice.agentMode(modeName(options, n.mode));
    case "agentOption":
      if (optionById(options, n.optionId)?.category === "mode")
        return t.notice.agentMode(modeName(options, String(n.value)));
      return t.notice.agentOption(...settingOf(options, n));
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

/** Returns the name of a mode, with a warning if the agent asks nobody in it. */
function modeName(options: readonly ConfigOption[] | undefined, id: string): string {
  const values = options?.find((o) => o.category === "mode")?.options ?? [];
  const mode = values.find((v) => v.value === id);
  const name = marked(mode?.name || id);
  return mode?.asksNobody ? `${name} (${t.facts.asksNobody})` : name;
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
