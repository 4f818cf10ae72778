import { ActionIcon, Button } from "@mantine/core";

import type { ConnectionState } from "parley-client";

import { openQuestions, type Room } from "../core/room.ts";
import { Brand } from "../parts/Brand.tsx";
import { Face } from "../parts/Face.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Popup } from "../parts/Popup.tsx";
import { t } from "../texts.ts";
import { AgentFacts } from "./AgentFacts.tsx";
import { Connection } from "./Connection.tsx";
import { ModeMenu, MoreMenu } from "./onDemand.ts";
import "./Header.css";
export type DialogName =
  | "changes"
  | "invite"
  | "terminal"
  | "bell"
  | "shortcuts"
  | "leave"
  | "close"
  | "stop"
  | "restart"
  | "switch"
  | "fork"
  | "people";

interface Props {
  room: Room;
  title: string;
  connection: ConnectionState;
  host: boolean;
  open(dialog: DialogName): void;
}

export function Header({ room, title, connection, host, open }: Props) {
  const here = room.people.filter((p) => p.leftAt === null && room.present.has(p.id));
  return (
    <header className="room-header">
      <Brand bare />
      <div className="room-title">
        <h1 className="cut" dir="auto" title={title}>
          {title}
        </h1>
        <p className="room-state">
          <Connection
            state={connection}
            ended={room.readOnly || room.session.status !== "active"}
          />
          <AgentState status={agentNow(room)} />
          <AgentFacts room={room} host={host} />
        </p>
      </div>
      <Mode room={room} host={host} />
      <button type="button" className="faces" onClick={() => open("people")}>
        <span className="hidden-visually">{t.room.peopleCount(here.length)}</span>
        {here.slice(0, 4).map((p) => (
          <Face key={p.id} person={p} />
        ))}
        {here.length > 4 && (
          <span className="face face-md face-more" aria-hidden="true">
            +{here.length - 4}
          </span>
        )}
      </button>
      {room.session.status === "active" && !room.readOnly && (
        <Button
          className="changes-button"
          size="xs"
          variant="default"
          leftSection={<Icon name="file" size={15} />}
          onClick={() => open("changes")}
        >
          {t.review.title}
        </Button>
      )}
      {room.session.status === "active" && (
        <Button
          className="invite-button"
          size="xs"
          variant="light"
          leftSection={<Icon name="link" size={15} />}
          onClick={() => open("invite")}
        >
          {t.room.invite}
        </Button>
      )}
      <More room={room} host={host} open={open} />
    </header>
  );
}

// A question is received before the agent's state that belongs to it.
function agentNow(room: Room): string {
  if (openQuestions(room).length > 0) return "waiting";
  const { status } = room.agent;
  return room.timeline.running !== null && status === "idle" ? "running" : status;
}

function AgentState({ status }: { status: string }) {
  return (
    <span className={`agent-state agent-${status}`}>
      <Icon name="spark" size={13} />
      <span className="cut wide">{t.agent(status)}</span>
      <span className="cut narrow">{t.agentShort(status)}</span>
    </span>
  );
}

function Mode({ room, host }: { room: Room; host: boolean }) {
  const now = t.mode(room.session.mode);
  if (!host) {
    return (
      <span className="mode" title={now.about}>
        <ModeName name={now.name} short={now.short} />
      </span>
    );
  }
  return (
    <Popup
      kind="menu"
      button={(props) => (
        <button
          {...props}
          type="button"
          className="mode mode-button"
          aria-label={t.room.modeLabel(now.name)}
        >
          <ModeName name={now.name} short={now.short} />
          <Icon name="down" size={13} />
        </button>
      )}
    >
      {(popup) => <ModeMenu {...popup} mode={room.session.mode} />}
    </Popup>
  );
}

function ModeName({ name, short }: { name: string; short: string }) {
  return (
    <>
      <span className="wide">{name}</span>
      <span className="narrow">{short}</span>
    </>
  );
}

function More({ room, host, open }: Pick<Props, "room" | "host" | "open">) {
  return (
    <Popup
      kind="menu"
      button={(props) => (
        <ActionIcon {...props} variant="subtle" color="gray" size="lg" aria-label={t.room.menu}>
          <Icon name="more" size={18} />
        </ActionIcon>
      )}
    >
      {(popup) => <MoreMenu {...popup} room={room} host={host} open={open} />}
    </Popup>
  );
}
