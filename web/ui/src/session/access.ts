/** How the user gets into a session. Nothing here is remembered or rendered. */

import type { Link, Options } from "parley-client";

import { newUserId, type Remembered } from "../core/memory.ts";
import { certificate, server, type Place } from "../core/place.ts";
import type { StateName } from "../core/states.ts";

/**
 * What the session page does: ask for a name (again, if the user has left), connect by a
 * link, or say why the user is not in the session.
 */
export type Access =
  | { how: "ask"; invite: string; again?: boolean }
  | { how: "enter"; link: Link; options: Options }
  | { how: "stop"; state: StateName; reason?: string };

export type SessionPlace = Extract<Place, { page: "session" }>;

export interface JoinChoice {
  name: string;
  watch: boolean;
}

type Participant = NonNullable<Remembered["participant"]>;

const firstPage = 200;

/** Returns what an address leads to, given what this browser remembers of the session. */
export function firstAccess(place: SessionPlace, known: Remembered | null): Access {
  if (place.participant) return returning(place.session, place.participant);
  if (known?.participant && !known.left) return returning(place.session, known.participant);
  // An invite lets a guest join again; the host comes back as the same participant.
  if (known?.participant && (known.role === "host" || !place.invite))
    return { how: "stop", state: "left" };
  const invite = place.invite ?? known?.invite;
  if (!invite) return { how: "stop", state: "incomplete" };
  return known?.left ? { how: "ask", invite, again: true } : { how: "ask", invite };
}

/** Joins by an invite, under a new user id. */
export function joining(session: string, invite: string, choice: JoinChoice): Access {
  return {
    how: "enter",
    link: { server: server(), session, invite, ...certificate() },
    options: {
      recent: firstPage,
      userId: newUserId(choice.name),
      displayName: choice.name,
      role: choice.watch ? "viewer" : "collaborator",
    },
  };
}

/** Connects as a participant of before. */
export function returning(session: string, participant: Participant): Access {
  const link = { server: server(), session, participant, ...certificate() };
  return { how: "enter", link, options: { recent: firstPage } };
}

/** Connects only to read: after leaving, or when the session has ended. */
export function reading(session: string, participant: Participant): Access {
  const link = { server: server(), session, participant, ...certificate() };
  return { how: "enter", link, options: { recent: firstPage, readOnly: true } };
}

/** A connection that has stopped for good. */
export interface Stopped {
  session: string;
  state: StateName;
  /** Why the host removed the user; "" if unknown. */
  reason: string;
  /** Whether the room was shown. */
  inside: boolean;
  /** The credentials that were used; undefined for an invite. */
  participant: Participant | undefined;
  readOnly: boolean;
  /** The invite that this browser remembers. */
  invite: string | undefined;
}

/**
 * Returns what follows when a connection has stopped: another access, null to
 * stay in the room, or "ended" if only the server can tell how the session ended.
 */
export function accessAfter(s: Stopped): Access | "ended" | null {
  const { session, state, inside, participant, invite } = s;
  if (inside)
    return state === "ended" || state === "full" ? null : { how: "stop", state, ...reasonOf(s) };
  if (participant && state === "badCredentials" && invite) return { how: "ask", invite };
  if (state !== "ended") return { how: "stop", state, ...reasonOf(s) };
  return participant && !s.readOnly ? reading(session, participant) : "ended";
}

function reasonOf({ state, reason }: Stopped): { reason?: string } {
  return state === "removed" && reason !== "" ? { reason } : {};
}
