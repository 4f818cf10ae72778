import { Popover } from "@mantine/core";
import type { ReactNode } from "react";

import type { AvailableCommand, ConfigOption } from "parley-client";

import { costText, countText, currentOf, optionOf, percentUsed, programOf } from "../core/agent.ts";
import { optionsByCategory } from "../core/agentOptions.ts";
import type { Room } from "../core/room.ts";
import { Visible } from "../content/Visible.tsx";
import { marked } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { OptionPicker, OptionState } from "./OptionPicker.tsx";
import "./AgentFacts.css";

interface Props {
  room: Room;
  host: boolean;
}

/**
 * What is known about the agent: the most important facts in a line, all of them in a
 * panel. Renders nothing if nothing is known.
 */
export function AgentFacts({ room, host }: Props) {
  const { agent } = room;
  const program = programOf(agent);
  const mode = optionOf(agent, "mode");
  const model = optionOf(agent, "model");
  const percent = percentUsed(agent.usage);
  const cost = costText(agent.usage?.cost);
  if (
    !program &&
    !mode &&
    !model &&
    percent === null &&
    !agent.availableCommands?.length &&
    !agent.configOptions?.length &&
    !agent.notes?.length
  )
    return null;
  return (
    <Popover position="bottom-start" width={380} trapFocus shadow="md">
      <Popover.Target>
        <button type="button" className="agent-facts">
          <span className="hidden-visually">{t.facts.open}</span>
          {program && <Part text={program} className="facts-wide" />}
          {mode && <ModePart option={mode} />}
          {model && <Part text={currentOf(model).name} className="facts-wide" />}
          {percent !== null && <Part text={t.facts.percent(percent)} className="facts-number" />}
          {cost && <Part text={cost} className="facts-wide facts-number" />}
          <Icon name="down" size={12} />
        </button>
      </Popover.Target>
      <Popover.Dropdown className="agent-panel" aria-label={t.facts.title}>
        <Panel room={room} host={host} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Part({ text, className }: { text: string; className: string }) {
  return (
    <span className={`fact cut ${className}`}>
      <Visible text={text} />
    </span>
  );
}

function ModePart({ option }: { option: ConfigOption }) {
  const { name, asksNobody } = currentOf(option);
  if (!asksNobody) return <Part text={name} className="facts-mode" />;
  return (
    <span className="fact facts-mode facts-alone" title={t.facts.asksNobodyAbout}>
      <Icon name="warn" size={12} />
      <span className="cut">
        <Visible text={name} />
      </span>
      <span className="wide">{t.facts.asksNobody}</span>
    </span>
  );
}

function Panel({ room, host }: Props) {
  const { agent } = room;
  const { usage } = agent;
  const percent = percentUsed(usage);
  const cost = costText(usage?.cost);
  return (
    <>
      <dl className="facts-list">
        <Row name={t.facts.program}>{programOf(agent) && <Visible text={programOf(agent)} />}</Row>
        {optionsByCategory(agent.configOptions ?? []).map((o) => (
          <Row key={o.id} name={o.name} about={o.description}>
            {host ? <OptionPicker room={room} option={o} /> : <Value option={o} />}
            <OptionState room={room} option={o} />
          </Row>
        ))}
        <Row name={t.facts.attribution}>
          {room.session.attribution === "prefix" ? t.facts.attributed : null}
        </Row>
        <Row name={t.facts.context}>
          {usage &&
            percent !== null &&
            t.facts.tokens(countText(usage.used), countText(usage.size))}
        </Row>
        <Row name={t.facts.cost}>{cost && <Visible text={cost} />}</Row>
        <Row name={t.facts.sessionTitle}>
          {agent.sessionTitle && <Visible text={agent.sessionTitle} />}
        </Row>
        <Row name={t.facts.background}>
          {!!agent.background?.length &&
            t.facts.tasks(agent.backgroundTotal ?? agent.background.length)}
        </Row>
        <Row name={t.facts.directory}>
          {agent.cwd && (
            <code>
              <Visible text={agent.cwd} />
            </code>
          )}
        </Row>
      </dl>
      <Notes notes={agent.notes ?? []} />
      <Commands commands={agent.availableCommands ?? []} total={agent.availableCommandTotal ?? 0} />
    </>
  );
}

/** What the agent lacks of its configuration. */
function Notes({ notes }: { notes: readonly string[] }) {
  return notes.map((n) => (
    <p key={n} className="note facts-note">
      <Visible text={n} />
    </p>
  ));
}

/** A named fact. Renders nothing if it is unknown. */
function Row({ name, about, children }: { name: string; about?: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div title={about ? marked(about) : undefined}>
      <dt>
        <Visible text={name} />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Value({ option }: { option: ConfigOption }) {
  const now = currentOf(option);
  if (typeof option.currentValue === "boolean") return t.facts.switch(option.currentValue);
  return (
    <>
      <Visible text={now.name} />
      {now.description && (
        <span className="facts-about">
          <Visible text={now.description} />
        </span>
      )}
      {now.asksNobody && <span className="facts-warning">{t.facts.asksNobodyAbout}</span>}
    </>
  );
}

function Commands({ commands, total }: { commands: readonly AvailableCommand[]; total: number }) {
  if (commands.length === 0) return null;
  return (
    <>
      <h3>{t.facts.commands(commands.length, total)}</h3>
      <ul className="facts-commands" tabIndex={0}>
        {commands.map((c, i) => (
          <li key={i}>
            <code>
              /<Visible text={c.name} />
            </code>
            {c.hint && (
              <span className="soft">
                {" "}
                <Visible text={c.hint} />
              </span>
            )}
            {c.description && (
              <span className="facts-about">
                <Visible text={c.description} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
