import type { ConfigOption } from "parley-client";

import { costText, currentOf, optionOf, percentUsed, programOf } from "../core/agent.ts";
import type { Room } from "../core/room.ts";
import { Visible } from "../content/Visible.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Popup } from "../parts/Popup.tsx";
import { t } from "../texts.ts";
import { AgentPanel } from "./onDemand.ts";
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
    <Popup
      kind="dialog"
      button={(props) => (
        <button {...props} type="button" className="agent-facts">
          <span className="hidden-visually">{t.facts.open}</span>
          {program && <Part text={program} className="facts-wide" />}
          {mode && <ModePart option={mode} />}
          {model && <Part text={currentOf(model).name} className="facts-wide" />}
          {percent !== null && <Part text={t.facts.percent(percent)} className="facts-number" />}
          {cost && <Part text={cost} className="facts-wide facts-number" />}
          <Icon name="down" size={12} />
        </button>
      )}
    >
      {(popup) => <AgentPanel {...popup} room={room} host={host} />}
    </Popup>
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
