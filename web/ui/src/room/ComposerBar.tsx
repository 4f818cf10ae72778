import { ActionIcon, Button, SegmentedControl } from "@mantine/core";

import type { AvailableCommand } from "parley-client";

import type { Target } from "../core/composed.ts";
import type { Rights } from "../core/rights.ts";
import { Icon } from "../parts/Icon.tsx";
import { Popup } from "../parts/Popup.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import { CommandMenu } from "./onDemand.ts";
import "./ComposerBar.css";

interface Props {
  rights: Rights;
  to: Target;
  onTarget(to: Target): void;
  commands: readonly AvailableCommand[];
  onCommand(text: string): void;
  mayStop: boolean;
  /** Sends the prompt so that it interrupts the running turn; null where that is not possible. */
  onInterrupt: (() => void) | null;
  /** What keeps the text from being sent; empty if nothing does. */
  problem: string;
  hint: string;
  maySend: boolean;
}

/** The line below the text: whom it is for, and what to do with it. */
export function ComposerBar(props: Props) {
  const { rights, to } = props;
  return (
    <div className="composer-bar">
      {rights.prompt !== "no" && <Targets to={to} onTarget={props.onTarget} />}
      {to === "prompt" && props.commands.length > 0 && (
        <Commands commands={props.commands} onChoose={props.onCommand} />
      )}
      <Hint {...props} />
      {props.mayStop && <Stop />}
      {props.onInterrupt && (
        <Button
          size="xs"
          variant="default"
          className="stop interrupt"
          disabled={!props.maySend}
          aria-label={t.composer.interrupt}
          title={t.composer.interruptAbout}
          leftSection={<Icon name="bolt" size={14} />}
          onClick={props.onInterrupt}
        >
          <span className="stop-word">{t.composer.interrupt}</span>
        </Button>
      )}
      <Button
        type="submit"
        size="xs"
        disabled={!props.maySend}
        rightSection={<Icon name="send" size={14} />}
      >
        {verb(to, rights)}
      </Button>
    </div>
  );
}

function Hint({ problem, hint }: Pick<Props, "problem" | "hint">) {
  if (problem) return <span className="composer-hint composer-problem">{problem}</span>;
  return <span className="composer-hint">{hint}</span>;
}

function verb(to: Target, rights: Rights): string {
  if (to === "chat") return t.composer.send;
  return rights.prompt === "propose" ? t.composer.propose : t.composer.run;
}

function Targets({ to, onTarget }: { to: Target; onTarget(to: Target): void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={t.composer.to}
      value={to}
      onChange={(v) => onTarget(v as Target)}
      data={[
        { value: "chat", label: <Choice icon="chat" text={t.composer.chat} /> },
        { value: "prompt", label: <Choice icon="spark" text={t.composer.prompt} /> },
      ]}
    />
  );
}

function Choice({ icon, text }: { icon: "chat" | "spark"; text: string }) {
  return (
    <span className="choice">
      <Icon name={icon} size={14} />
      {text}
    </span>
  );
}

function Stop() {
  const tools = useTools();
  return (
    <Button
      size="xs"
      variant="default"
      className="stop"
      aria-label={t.room.cancelTurn}
      leftSection={<Icon name="stop" size={14} />}
      onClick={() => void tools.run(tools.client.cancel())}
    >
      <span className="stop-word">{t.room.cancelTurn}</span>
    </Button>
  );
}

interface CommandsProps {
  commands: readonly AvailableCommand[];
  onChoose(text: string): void;
}

function Commands(props: CommandsProps) {
  return (
    <Popup
      kind="menu"
      button={(button) => (
        <ActionIcon
          {...button}
          variant="subtle"
          color="gray"
          className="commands-button"
          aria-label={t.composer.commands}
        >
          <Icon name="list" />
        </ActionIcon>
      )}
    >
      {(popup) => <CommandMenu {...popup} {...props} />}
    </Popup>
  );
}
