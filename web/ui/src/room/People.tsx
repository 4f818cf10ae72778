import { ActionIcon } from "@mantine/core";
import { useState } from "react";

import type { Participant } from "parley-client";

import { nameOf } from "../core/name.ts";
import { type Room } from "../core/room.ts";
import { Face } from "../parts/Face.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Popup } from "../parts/Popup.tsx";
import { t } from "../texts.ts";
import { Departed } from "./Departed.tsx";
import { PersonMenu, RemoveDialog } from "./onDemand.ts";
import "./People.css";
/** Lists the people in the session, or those at its end, present ones first. */
export function People({ room, host }: { room: Room; host: boolean }) {
  const [removing, setRemoving] = useState<Participant | null>(null);
  const inside = insideOf(room);
  const sorted = [...inside].sort((a, b) => rank(room, a) - rank(room, b));
  return (
    <>
      <ul className="people">
        {sorted.map((p) => (
          <Person key={p.id} person={p} room={room} host={host} onRemove={setRemoving} />
        ))}
      </ul>
      {room.missing && <p className="soft">{t.people.others}</p>}
      {host && <Departed left={room.left} changes={room.departures} onRemove={setRemoving} />}
      {/* Not in the person's row, which is removed with the person. */}
      {removing && <RemoveDialog person={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

// When a session ends, everyone leaves at the same time.
function insideOf(room: Room): Participant[] {
  const ends = room.people.reduce((last, p) => (p.leftAt && p.leftAt > last ? p.leftAt : last), "");
  const active = room.session.status === "active";
  return room.people.filter((p) => p.leftAt === null || (!active && p.leftAt === ends));
}

function rank(room: Room, p: Participant): number {
  return p.role === "host" ? 0 : room.present.has(p.id) ? 1 : 2;
}

interface PersonProps {
  person: Participant;
  room: Room;
  host: boolean;
  onRemove(person: Participant): void;
}

function Person({ person: p, room, host, onRemove }: PersonProps) {
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
          {p.verified && <Verified person={p} />}
          <span className="hidden-visually">, {here ? t.people.here : t.people.away}</span>
        </span>
      </span>
      {host && !me && p.role !== "host" && <PersonActions person={p} onRemove={onRemove} />}
    </li>
  );
}

/** Says that the server knows who somebody is, under a name that nobody else can take. */
function Verified({ person }: { person: Participant }) {
  return (
    <span className="person-verified" title={t.people.verified(person.userId)}>
      <Icon name="check" size={12} />
      <span className="cut" dir="auto">
        {person.userId}
      </span>
      <span className="hidden-visually">, {t.people.verified(person.userId)}</span>
    </span>
  );
}

function PersonActions({ person, onRemove }: Pick<PersonProps, "person" | "onRemove">) {
  return (
    <Popup
      kind="menu"
      button={(props) => (
        <ActionIcon
          {...props}
          variant="subtle"
          color="gray"
          aria-label={t.people.menu(nameOf(person))}
        >
          <Icon name="more" />
        </ActionIcon>
      )}
    >
      {(popup) => <PersonMenu {...popup} person={person} onRemove={onRemove} />}
    </Popup>
  );
}
