import { ActionIcon, Button, Menu } from "@mantine/core";

import type { ConnectionState } from "parley-client";

import { modes } from "../core/rights.ts";
import { openQuestions, type Room } from "../core/room.ts";
import { Brand } from "../parts/Brand.tsx";
import { Face } from "../parts/Face.tsx";
import { Icon } from "../parts/Icon.tsx";
import { ThemeItems } from "../parts/ThemeItems.tsx";
import { t } from "../texts.ts";
import { forks, othersOf } from "../core/agent.ts";
import { AgentFacts } from "./AgentFacts.tsx";
import { Connection } from "./Connection.tsx";
import { askPermission, bellChoice, permissionNow } from "./bell.ts";
import { useTools } from "./context.ts";
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
      <MoreMenu room={room} host={host} open={open} />
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
  const tools = useTools();
  const now = t.mode(room.session.mode);
  if (!host) {
    return (
      <span className="mode" title={now.about}>
        <ModeName name={now.name} short={now.short} />
      </span>
    );
  }
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <button type="button" className="mode mode-button" aria-label={t.room.modeLabel(now.name)}>
          <ModeName name={now.name} short={now.short} />
          <Icon name="down" size={13} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.room.changeMode}</Menu.Label>
        {modes.map((m) => (
          <Menu.Item
            key={m}
            rightSection={m === room.session.mode ? <Icon name="check" size={14} /> : null}
            onClick={() => m !== room.session.mode && void tools.run(tools.client.setMode(m))}
          >
            {t.mode(m).name}
            <span className="command-about">{t.mode(m).about}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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

interface MoreMenuProps {
  room: Room;
  host: boolean;
  open(dialog: DialogName): void;
}

function MoreMenu({ room, host, open }: MoreMenuProps) {
  const active = room.session.status === "active";
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.room.menu}>
          <Icon name="more" size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {active && !room.readOnly && (
          <Menu.Item leftSection={<Icon name="file" />} onClick={() => open("changes")}>
            {t.review.open}
          </Menu.Item>
        )}
        {active && <JoinItems open={open} />}
        <Menu.Item leftSection={<Icon name="list" />} onClick={() => open("shortcuts")}>
          {t.room.shortcuts}
        </Menu.Item>
        <NotifyItem session={room.session.id} open={() => open("bell")} />
        <Menu.Divider />
        <Menu.Label>{t.theme.label}</Menu.Label>
        <ThemeItems />
        {active && !room.readOnly && <EndItems room={room} host={host} open={open} />}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The items for joining from elsewhere. */
function JoinItems({ open }: Pick<MoreMenuProps, "open">) {
  return (
    <>
      <Menu.Item
        className="only-narrow"
        leftSection={<Icon name="link" />}
        onClick={() => open("invite")}
      >
        {t.invite.title}
      </Menu.Item>
      <Menu.Item leftSection={<Icon name="terminal" />} onClick={() => open("terminal")}>
        {t.room.terminal}
      </Menu.Item>
    </>
  );
}

/** The items for leaving, and for ending what others use. */
function EndItems({ room, host, open }: MoreMenuProps) {
  return (
    <>
      <Menu.Divider />
      <Menu.Item leftSection={<Icon name="leave" />} onClick={() => open("leave")}>
        {t.room.leave}
      </Menu.Item>
      {host && (
        <>
          <Menu.Item leftSection={<Icon name="repeat" />} onClick={() => open("restart")}>
            {t.room.restartAgent}
          </Menu.Item>
          {othersOf(room.agent).length > 0 && (
            <Menu.Item leftSection={<Icon name="spark" />} onClick={() => open("switch")}>
              {t.room.switchAgent}
            </Menu.Item>
          )}
          {forks(room.agent) && (
            <Menu.Item leftSection={<Icon name="copy" />} onClick={() => open("fork")}>
              {t.room.fork}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Icon name="power" />} onClick={() => open("stop")}>
            {t.room.stopAgent}
          </Menu.Item>
          <Menu.Item
            className="danger"
            leftSection={<Icon name="cross" />}
            onClick={() => open("close")}
          >
            {t.room.closeSession}
          </Menu.Item>
        </>
      )}
    </>
  );
}

/** Asks for the permission to show notifications, then opens the dialog to choose them. */
function NotifyItem({ session, open }: { session: string; open(): void }) {
  const permission = permissionNow();
  if (permission === null) return null;
  const ask = permission === "default";
  const on = permission === "granted" && Object.values(bellChoice(session)).some(Boolean);
  return (
    <Menu.Item
      leftSection={<Icon name="bell" />}
      onClick={() => (ask ? void askPermission().then(open) : open())}
    >
      {ask ? t.room.notify : on ? t.room.notifyOn : t.room.notifyOff}
    </Menu.Item>
  );
}
