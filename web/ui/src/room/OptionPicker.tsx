import { Switch } from "@mantine/core";
import { useId, useState } from "react";

import type { ConfigOption, ConfigValue } from "parley-client";

import { currentOf } from "../core/agent.ts";
import { takesChanges, valueGroups, valueName, type ValueGroup } from "../core/agentOptions.ts";
import type { Room } from "../core/room.ts";
import { marked } from "../core/visible.ts";
import { Visible } from "../content/Visible.tsx";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import "./OptionPicker.css";

interface Props {
  room: Room;
  option: ConfigOption;
}

/** Sets an option of the agent. Only the host has it. */
export function OptionPicker({ room, option }: Props) {
  const tools = useTools();
  const pending = pendingOf(room, option);
  const enabled = takesChanges(room.agent) && room.session.status === "active";
  // While a change is pending the server refuses another one. The control stays enabled, so
  // that it keeps the focus.
  const set = (value: string | boolean) =>
    void (pending ? null : tools.run(tools.client.configure(option.id, value)));
  const why = enabled ? undefined : t.facts.notRunning;
  if (option.type === "boolean") {
    const on = (pending ? pending.value : option.currentValue) === true;
    return (
      <Switch
        checked={on}
        disabled={!enabled}
        title={why}
        label={t.facts.switch(on)}
        aria-label={marked(option.name)}
        onChange={(e) => set(e.currentTarget.checked)}
      />
    );
  }
  if (option.type !== "select") return <Visible text={currentOf(option).name} />;
  return <Choices option={option} enabled={enabled} why={why} onChoose={set} />;
}

interface ChoicesProps {
  option: ConfigOption;
  enabled: boolean;
  why: string | undefined;
  onChoose(value: string): void;
}

/**
 * The current value as a button that opens the list of values. It is no native select:
 * arrow keys would set each value that they pass, and a mode takes effect at once.
 */
function Choices({ option, enabled, why, onChoose }: ChoicesProps) {
  // The option as it was when the list was opened: the agent can change the list, and a
  // value must not move under the pointer.
  const [open, setOpen] = useState<ConfigOption | null>(null);
  const id = useId();
  const now = currentOf(option);
  const choose = (value: string) => {
    setOpen(null);
    if (value !== now.value) onChoose(value);
  };
  return (
    <>
      <button
        type="button"
        className="option-button"
        aria-expanded={open !== null}
        aria-controls={open ? id : undefined}
        aria-label={t.facts.change(marked(option.name), marked(now.name))}
        disabled={!enabled}
        title={why}
        onClick={() => setOpen(open ? null : option)}
      >
        <span className="cut">
          <Visible text={now.name} />
        </span>
        <Icon name="down" size={12} />
      </button>
      {now.asksNobody && <span className="facts-warning">{t.facts.asksNobodyAbout}</span>}
      {open && enabled && (
        <div
          id={id}
          role="group"
          tabIndex={0}
          className="option-values"
          aria-label={t.facts.choose(marked(option.name))}
        >
          {valueGroups(open).map((g, i) => (
            <Group key={i} group={g} current={now.value} onChoose={choose} />
          ))}
          {open.optionTotal > open.options.length && (
            <p className="soft">{t.facts.more(open.optionTotal - open.options.length)}</p>
          )}
        </div>
      )}
    </>
  );
}

interface GroupProps {
  group: ValueGroup;
  current: string;
  onChoose(value: string): void;
}

function Group({ group, current, onChoose }: GroupProps) {
  return (
    <ul aria-label={group.name ? marked(group.name) : undefined}>
      {group.name && (
        <li className="option-group" aria-hidden="true">
          <Visible text={group.name} />
        </li>
      )}
      {group.values.map((v, n) => (
        <li key={n}>
          <Choice value={v} current={v.value === current} onChoose={() => onChoose(v.value)} />
        </li>
      ))}
    </ul>
  );
}

interface ChoiceProps {
  value: ConfigValue;
  current: boolean;
  onChoose(): void;
}

function Choice({ value, current, onChoose }: ChoiceProps) {
  return (
    <button type="button" className="option-value" aria-pressed={current} onClick={onChoose}>
      <span>
        <Visible text={value.name || value.value} />
        {value.description && (
          <span className="facts-about">
            <Visible text={value.description} />
          </span>
        )}
        {value.asksNobody && <span className="facts-warning">{t.facts.asksNobodyAbout}</span>}
      </span>
      {current && <Icon name="check" size={14} />}
    </button>
  );
}

/** Shows the change of an option that is pending, or why the last one failed. */
export function OptionState({ room, option }: Props) {
  const pending = pendingOf(room, option);
  const failed = room.failures.find((f) => f.optionId === option.id);
  const named = (value: unknown) => marked(valueName(option, value, t.facts.values));
  const text =
    pending && pending.value !== null
      ? t.facts.setting(named(pending.value))
      : failed && t.facts.notSet(named(failed.value), marked(failed.reason));
  return (
    <span role="status" className={pending ? "facts-about" : "facts-warning"}>
      {text}
    </span>
  );
}

function pendingOf(room: Room, option: ConfigOption) {
  return room.agent.configuring?.find((c) => c.optionId === option.id);
}
