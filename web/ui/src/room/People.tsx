import { ActionIcon, Button, Menu, Modal, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Participant } from "parley-client";

import { nameOf, type Room } from "../core/room.ts";
import { Face } from "../parts/Face.tsx";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

/** Everybody who is in the session, those who are here first. */
export function People({ room, host }: { room: Room; host: boolean }) {
  const inside = room.people.filter((p) => p.leftAt === null);
  const sorted = [...inside].sort((a, b) => rank(room, a) - rank(room, b));
  return (
    <ul className="people">
      {sorted.map((p) => (
        <Person key={p.id} person={p} room={room} host={host} />
      ))}
    </ul>
  );
}

function rank(room: Room, p: Participant): number {
  return p.role === "host" ? 0 : room.present.has(p.id) ? 1 : 2;
}

function Person({ person: p, room, host }: { person: Participant; room: Room; host: boolean }) {
  const here = room.present.has(p.id);
  const me = p.id === room.me.id;
  return (
    <li className={here ? "person" : "person person-away"}>
      <Face person={p} present={here} />
      <span className="person-name">
        <span className="cut" dir="auto" title={nameOf(p)}>
          {nameOf(p)} {me && <span className="soft">({t.you})</span>}
        </span>
        <span className="person-role">
          {room.typing.has(p.id) ? (
            <span className="typing">{t.people.typingNow}…</span>
          ) : (
            t.role(p.role)
          )}
          <span className="hidden-visually">, {here ? t.people.here : t.people.away}</span>
        </span>
      </span>
      {host && !me && p.role !== "host" && <PersonMenu person={p} />}
    </li>
  );
}

function PersonMenu({ person: p }: { person: Participant }) {
  const tools = useTools();
  const [removing, setRemoving] = useState(false);
  const name = nameOf(p);
  const other = p.role === "viewer" ? "collaborator" : "viewer";
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t.people.menu(name)}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<Icon name={other === "viewer" ? "eye" : "chat"} />}
            onClick={() => void tools.run(tools.client.setRole(p.id, other))}
          >
            {other === "viewer" ? t.people.makeViewer : t.people.makeCollaborator}
          </Menu.Item>
          <Menu.Item
            className="danger"
            leftSection={<Icon name="cross" />}
            onClick={() => setRemoving(true)}
          >
            {t.people.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {removing && <RemoveDialog person={p} onClose={() => setRemoving(false)} />}
    </>
  );
}

function RemoveDialog({ person, onClose }: { person: Participant; onClose(): void }) {
  const tools = useTools();
  const [reason, setReason] = useState("");
  return (
    <Modal opened onClose={onClose} title={t.people.removeAsk(nameOf(person))}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          const why = reason.trim();
          void tools
            .run(tools.client.remove(person.id, why ? { reason: why } : {}))
            .then((ok) => ok && onClose());
        }}
      >
        <p>{t.people.removeAbout}</p>
        <TextInput
          label={t.people.reason}
          value={reason}
          maxLength={500}
          data-autofocus
          onChange={(e) => setReason(e.currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" color="red">
            {t.people.remove}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
