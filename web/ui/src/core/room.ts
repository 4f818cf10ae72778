/** What is known of a session: a pure fold over its welcome and its events. */

import {
  isKnownEvent,
  type Agent,
  type AgentStatusChanged,
  type Approval,
  type ItemAnswer,
  type Limits,
  type Participant,
  type PeopleAnswer,
  type Permission,
  type Session,
  type Welcome,
} from "parley-client";

import { load, loadAfter, loadBefore, type Loaded } from "./join.ts";
import { withKnown } from "./known.ts";
import type { Timeline } from "./timeline.ts";
import { isOver, withoutNewest, withoutOldest, type Bounds } from "./window.ts";
import type { SessionEvent } from "./wire.ts";

export interface Room {
  readonly session: Session;
  readonly me: Participant;
  /**
   * The host, the guests who have not left, in the order of joining, and the
   * authors of pending prompts; of a session that is over, those who were in it.
   */
  readonly people: readonly Participant[];
  /** What is to be known of those who had no room in the welcome; null when all are in people. */
  readonly missing: Missing | null;
  /** How many guests have left. */
  readonly left: number;
  /** Counts what has happened to guests who have left, for whoever lists them. */
  readonly departures: number;
  readonly present: ReadonlySet<string>;
  /** Ids of those who type. */
  readonly typing: ReadonlySet<string>;
  /** Prompts that wait for the host, oldest first. */
  readonly pending: readonly Approval[];
  /** Questions of the agent that wait for an answer. */
  readonly permissions: readonly Permission[];
  readonly agent: Agent;
  readonly limits: Limits;
  /** Whether the connection only reads: one has left, or the session is over. */
  readonly readOnly: boolean;
  /** The newest events, oldest first, as many as are kept. */
  readonly events: readonly SessionEvent[];
  readonly size: number;
  readonly timeline: Timeline;
  /** Whether there are older events than those. */
  readonly more: boolean;
  /** Whether an event that was loaded, and may have been dropped, replaced the invite. */
  readonly rotated: boolean;
  /** The ids of the last things that one said here: their rows may have been dropped. */
  readonly mine: readonly string[];
  /** What one looks at instead, having scrolled up; null while that is the newest events. */
  readonly past: Past | null;
}

/** People who are in the session and are not known yet. */
export interface Missing {
  /** The id of the one behind whom they joined. */
  readonly after: string;
  /** Ids of those who have left since the welcome: they may be among them. */
  readonly left: ReadonlySet<string>;
}

/** A stretch of history that does not grow with what happens. */
export interface Past extends Loaded {
  /** Whether there are older events. */
  readonly more: boolean;
}

/** shownOf is the stretch of history that one looks at. */
export function shownOf(room: Room): Past {
  return room.past ?? room;
}

/** enter makes the room that a welcome describes. */
export function enter(w: Welcome): Room {
  const events = w.recent ?? [];
  const active = w.session.status === "active";
  return {
    session: w.session,
    me: w.participant,
    people: w.participants,
    missing: w.peopleAfter === undefined ? null : { after: w.peopleAfter, left: new Set() },
    left: w.left,
    departures: 0,
    present: presentWith(w.presence, w.participant),
    typing: new Set(),
    // What was pending at the end stays so, and nobody decides on it any more.
    pending: active ? w.approvals.filter((a) => a.status === "pending") : [],
    permissions: active ? w.permissions : [],
    agent: w.agent,
    limits: w.limits,
    readOnly: w.readOnly ?? false,
    ...load(events, runningOf(w)),
    more: events[0]?.type !== "shared_session_created",
    rotated: events.some((e) => e.type === "invite_rotated"),
    mine: [],
    past: null,
  };
}

/** withPresence takes in who has a connection. */
export function withPresence(room: Room, ids: readonly string[]): Room {
  return { ...room, present: presentWith(ids, room.me) };
}

// Without a WebSocket one is not among them, but who looks at the page is here.
function presentWith(ids: readonly string[], me: Participant): ReadonlySet<string> {
  return new Set([...ids, me.id]);
}

/**
 * take adds events that happened now. What is too much is dropped from the
 * oldest ones; one who reads further up goes on seeing them, as the past.
 */
export function take(
  before: Room,
  events: readonly SessionEvent[],
  reading = false,
  most?: Bounds,
): Room {
  if (events.length === 0) return before;
  const room = { ...events.reduce(takeOne, before), ...loadAfter(before, events) };
  if (!isOver(room, most)) return room;
  const { size, timeline, more } = room;
  const past = room.past ?? (reading ? { events: room.events, size, timeline, more } : null);
  return { ...room, ...withoutOldest(room, most), more: true, past };
}

/** withPeople takes in a page of those who had no room in the welcome. */
export function withPeople(room: Room, page: PeopleAnswer): Room {
  const { missing } = room;
  if (!missing) return room;
  const known = new Set(room.people.map((p) => p.id));
  const news = page.participants.filter((p) => !known.has(p.id) && !missing.left.has(p.id));
  // Behind the others are authors and those who have joined since.
  const guests = [...room.people.slice(1), ...news];
  guests.sort((a, b) => Date.parse(a.joinedAt) - Date.parse(b.joinedAt));
  const after = page.participants.at(-1)?.id;
  return {
    ...room,
    people: [...room.people.slice(0, 1), ...guests],
    missing: page.more && after !== undefined ? { ...missing, after } : null,
  };
}

/** withWhole takes in all of something that waits, of which the welcome had the beginning. */
export function withWhole(room: Room, whole: ItemAnswer): Room {
  const { approval: a, permission: p } = whole;
  return {
    ...room,
    pending: room.pending.map((o) => (o.id === a?.id && o.truncated ? a : o)),
    permissions: room.permissions.map((o) => (o.requestId === p?.requestId && o.truncated ? p : o)),
  };
}

/** prepend puts older events before those that one looks at. */
export function prepend(
  room: Room,
  older: readonly SessionEvent[],
  more: boolean,
  most?: Bounds,
): Room {
  const shown = shownOf(room);
  const first = shown.events[0]?.cursor;
  const known = older.findIndex((e) => e.cursor === first);
  const loaded = loadBefore(shown, known < 0 ? older : older.slice(0, known));
  const over = isOver(loaded, most);
  if (!over && !room.past) return { ...room, ...loaded, more };
  return { ...room, past: { ...(over ? withoutNewest(loaded, most) : loaded), more } };
}

/** append puts the events that follow behind the past, which ends when they reach the newest ones. */
export function append(room: Room, newer: readonly SessionEvent[], most?: Bounds): Room {
  if (!room.past) return room;
  const last = room.past.events.at(-1)?.cursor;
  const news = newer.slice(newer.findIndex((e) => e.cursor === last) + 1);
  const past = { ...room.past, ...loadAfter(room.past, news) };
  return met({ ...room, past }, most);
}

function met(room: Room, most?: Bounds): Room {
  const past = room.past!;
  const last = past.events.at(-1)?.cursor;
  const at = room.events.findIndex((e) => e.cursor === last);
  const joined = at < 0 ? past : loadAfter(past, room.events.slice(at + 1));
  const loaded = isOver(joined, most) ? withoutOldest(joined, most) : joined;
  const more = past.more || loaded !== joined;
  if (at < 0) return { ...room, past: { ...loaded, more } };
  const timeline = withKnown(loaded.timeline, room.timeline);
  return { ...room, ...loaded, timeline, more, past: null };
}

/** toNewest leaves the past. */
export function toNewest(room: Room): Room {
  return room.past ? { ...room, past: null } : room;
}

// Turns run in the order in which their prompts were approved. One that waits
// may wait for a turn of another session.
function runningOf(w: Welcome): string | null {
  const waiting = new Set<string>();
  for (const e of w.recent ?? [])
    if (isKnownEvent(e) && e.type === "prompt_queued") waiting.add(e.payload.approvalId);
  const approvedAt = (a: Approval) => Date.parse(a.resolvedAt ?? a.createdAt);
  const [first] = w.approvals
    .filter((a) => a.status === "approved" && !waiting.has(a.id))
    .sort((a, b) => approvedAt(a) - approvedAt(b));
  return first?.id ?? null;
}

function takeOne(room: Room, e: SessionEvent): Room {
  if (!isKnownEvent(e)) return room;
  switch (e.type) {
    case "session_updated":
      return {
        ...room,
        session: { ...e.payload.session, inviteToken: room.session.inviteToken },
      };
    case "invite_rotated":
      return { ...room, rotated: true, session: { ...room.session, inviteToken: null } };
    case "session_closed":
      return {
        ...room,
        session: { ...room.session, status: e.payload.status },
        pending: [],
        permissions: [],
        typing: new Set(),
      };
    case "participant_joined":
    case "participant_updated":
    case "participant_left":
      return withPerson(room, e.payload.participant, e.timestamp);
    case "message_created":
      return stopsTyping(withMine(room, e.payload.message), e.payload.participant.id);
    case "prompt_pending_approval": {
      const rest = room.pending.filter((a) => a.id !== e.payload.approval.id);
      return stopsTyping(
        withMine({ ...room, pending: [...rest, e.payload.approval] }, e.payload.approval),
        e.payload.participant.id,
      );
    }
    case "prompt_approved":
    case "prompt_rejected":
      return withMine(withoutPending(room, e.payload.approval.id), e.payload.approval);
    case "prompt_cancelled":
    case "prompt_dispatch_failed":
      return withoutPending(room, e.payload.approvalId);
    case "permission_requested": {
      const rest = room.permissions.filter((p) => p.requestId !== e.payload.requestId);
      return { ...room, permissions: [...rest, e.payload] };
    }
    case "permission_resolved":
    case "permission_withdrawn":
      return {
        ...room,
        permissions: room.permissions.filter((p) => p.requestId !== e.payload.requestId),
      };
    case "agent_status":
      return { ...room, agent: withStatus(room.agent, e.payload) };
    case "agent_updated":
      return { ...room, agent: { ...room.agent, ...e.payload } };
  }
  return room;
}

/** What was told of the former status no longer holds. */
function withStatus(agent: Agent, now: AgentStatusChanged): Agent {
  const { detail: _, silentSince: __, ...rest } = agent;
  return {
    ...rest,
    status: now.status,
    ...(now.detail !== undefined && { detail: now.detail }),
    ...(now.silentSince !== undefined && { silentSince: now.silentSince }),
  };
}

// More than can wait for their acknowledgement.
const mostMine = 64;

function withMine(room: Room, said: { id: string; participantId: string }): Room {
  if (said.participantId !== room.me.id || room.mine.includes(said.id)) return room;
  return { ...room, mine: [...room.mine, said.id].slice(-mostMine) };
}

function withPerson(room: Room, p: Participant, at: string): Room {
  const me = p.id === room.me.id ? { ...p, accessToken: room.me.accessToken } : room.me;
  const before = room.people.find((o) => o.id === p.id);
  const gone = p.leftAt !== null && p.role !== "host";
  // One who is not known may have left before, and was removed now.
  const leftNow = p.leftAt !== null && Date.parse(p.leftAt) === Date.parse(at);
  const leaves = gone && (before ? before.leftAt === null : room.missing !== null && leftNow);
  const left = leaves ? room.left + 1 : room.left;
  const missing =
    room.missing && gone
      ? { ...room.missing, left: new Set(room.missing.left).add(p.id) }
      : room.missing;
  const departures = room.departures + (gone ? 1 : 0);
  const kept = !gone || room.pending.some((a) => a.participantId === p.id);
  const people = !kept
    ? room.people.filter((o) => o.id !== p.id)
    : before
      ? room.people.map((o) => (o.id === p.id ? p : o))
      : [...room.people, p];
  return { ...room, people, missing, me, left, departures };
}

function withoutPending(room: Room, id: string): Room {
  const pending = room.pending.filter((a) => a.id !== id);
  const author = room.pending.find((a) => a.id === id)?.participantId;
  const gone = (p: Participant) =>
    p.id === author && p.leftAt !== null && p.role !== "host" && room.session.status === "active";
  const people =
    pending.some((a) => a.participantId === author) || !room.people.some(gone)
      ? room.people
      : room.people.filter((p) => !gone(p));
  return { ...room, pending, people };
}

export function stopsTyping(room: Room, id: string): Room {
  if (!room.typing.has(id)) return room;
  const typing = new Set(room.typing);
  typing.delete(id);
  return { ...room, typing };
}

export function startsTyping(room: Room, id: string): Room {
  if (room.typing.has(id) || id === room.me.id) return room;
  return { ...room, typing: new Set(room.typing).add(id) };
}

/**
 * Whether the invite was replaced since an event that it was known to be good
 * at. Of that event it is only asked when it is among those that are loaded.
 */
export function inviteReplaced(room: Room, since: string | undefined): boolean {
  const last = room.events.findLastIndex((e) => e.type === "invite_rotated");
  const good = room.events.findIndex((e) => e.cursor === since);
  // Of what was dropped it is not known which came first.
  return last < 0 ? room.rotated && good < 0 : last > good;
}

export function personById(room: Pick<Room, "people">, id: string | null): Participant | null {
  return room.people.find((p) => p.id === id) ?? null;
}

/** Who wrote something, as it was then: those who have left are no longer in people. */
export function authorById(room: Room, id: string): Participant | null {
  const here = personById(room, id);
  if (here) return here;
  for (const { items } of [shownOf(room).timeline, room.timeline]) {
    const row = items.find((r) => r.type === "chat" && r.author.id === id);
    if (row?.type === "chat") return row.author;
  }
  return null;
}
