/** What is known of a session: a pure fold over its welcome and its events. */

import {
  isKnownEvent,
  type Agent,
  type AgentStatusChanged,
  type Approval,
  type ItemAnswer,
  type Limits,
  type Participant,
  type Permission,
  type Session,
  type Welcome,
} from "parley-client";

import { load, loadBefore } from "./join.ts";
import { apply, type Timeline } from "./timeline.ts";
import { marked } from "./visible.ts";
import type { SessionEvent } from "./wire.ts";

export interface Room {
  readonly session: Session;
  readonly me: Participant;
  /** Everybody in the order of joining, those who left included. */
  readonly people: readonly Participant[];
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
  readonly timeline: Timeline;
  /** All events that were loaded, oldest first: older ones come before them later. */
  readonly events: readonly SessionEvent[];
  /** Whether there are older events than those. */
  readonly more: boolean;
}

/** enter makes the room that a welcome describes. */
export function enter(w: Welcome): Room {
  const events = w.recent ?? [];
  const active = w.session.status === "active";
  return {
    session: w.session,
    me: w.participant,
    people: w.participants,
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

/** take adds events that happened now. */
export function take(before: Room, events: readonly SessionEvent[]): Room {
  if (events.length === 0) return before;
  const room = events.reduce(takeOne, before);
  return {
    ...room,
    events: [...before.events, ...events],
    timeline: apply(before.timeline, events),
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

/** prepend puts older events before those that are known. */
export function prepend(room: Room, older: readonly SessionEvent[], more: boolean): Room {
  const first = room.events[0]?.cursor;
  const known = older.findIndex((e) => e.cursor === first);
  const news = known < 0 ? older : older.slice(0, known);
  return { ...room, ...loadBefore(room, news), more };
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
      return { ...room, session: { ...room.session, inviteToken: null } };
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
      return withPerson(room, e.payload.participant);
    case "message_created":
      return stopsTyping(room, e.payload.participant.id);
    case "prompt_pending_approval": {
      const rest = room.pending.filter((a) => a.id !== e.payload.approval.id);
      return stopsTyping(
        { ...room, pending: [...rest, e.payload.approval] },
        e.payload.participant.id,
      );
    }
    case "prompt_approved":
    case "prompt_rejected":
      return withoutPending(room, e.payload.approval.id);
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

function withPerson(room: Room, p: Participant): Room {
  const known = room.people.some((o) => o.id === p.id);
  const people = known ? room.people.map((o) => (o.id === p.id ? p : o)) : [...room.people, p];
  const me = p.id === room.me.id ? { ...p, accessToken: room.me.accessToken } : room.me;
  return { ...room, people, me };
}

function withoutPending(room: Room, id: string): Room {
  return { ...room, pending: room.pending.filter((a) => a.id !== id) };
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

/** The name of a participant, in which nothing is hidden. */
export function nameOf(p: Participant): string {
  return marked(p.displayName ?? p.userId);
}

/** Guests who have left and may still read, the last to leave first, as far as the events tell. */
export function readersOf(room: Room): Participant[] {
  const removed = new Set<string>();
  for (const e of room.events)
    if (isKnownEvent(e) && e.type === "participant_left" && e.payload.removedBy)
      removed.add(e.payload.participant.userId);
  return room.people
    .filter((p) => p.leftAt !== null && p.role !== "host" && !removed.has(p.userId))
    .sort((a, b) => Date.parse(b.leftAt!) - Date.parse(a.leftAt!));
}

/**
 * Whether the invite was replaced since an event that it was known to be good
 * at. Of that event it is only asked when it is among those that are loaded.
 */
export function inviteReplaced(room: Room, since: string | undefined): boolean {
  const last = room.events.findLastIndex((e) => e.type === "invite_rotated");
  return last > room.events.findIndex((e) => e.cursor === since);
}

export function personById(room: Room, id: string | null): Participant | null {
  return room.people.find((p) => p.id === id) ?? null;
}
