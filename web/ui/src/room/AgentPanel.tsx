import type { ReactNode } from "react";

import type { AgentConnector, AvailableCommand, ConfigOption } from "parley-client";

import { costText, countText, currentOf, percentUsed, programOf } from "../core/agent.ts";
import { optionsByCategory } from "../core/agentOptions.ts";
import { timeOfDay } from "../core/format.ts";
import type { Room } from "../core/room.ts";
import { Visible } from "../content/Visible.tsx";
import { marked } from "../core/visible.ts";
import type { PopupProps } from "../parts/Popup.tsx";
import { PopupPanel } from "../parts/PopupMenu.tsx";
import { t } from "../texts.ts";
import { OptionPicker, OptionState } from "./OptionPicker.tsx";

interface Props {
  room: Room;
  host: boolean;
}

/** All that is known about the agent. The host sets its options here. */
export function AgentPanel({ room, host, ...popup }: Props & PopupProps) {
  const { agent } = room;
  const { usage } = agent;
  const percent = percentUsed(usage);
  const cost = costText(usage?.cost);
  return (
    <PopupPanel {...popup} label={t.facts.title} width={380} className="agent-panel">
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
        <Row name={t.facts.machine}>{agent.connector && machineText(agent.connector)}</Row>
      </dl>
      <Notes notes={agent.notes ?? []} />
      <Commands commands={agent.availableCommands ?? []} total={agent.availableCommandTotal ?? 0} />
    </PopupPanel>
  );
}

/** Where an agent runs that the server does not run. */
function machineText({ detachedSince }: AgentConnector): string {
  if (!detachedSince) return t.facts.connected;
  return t.facts.disconnected(timeOfDay(Date.parse(detachedSince)));
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
