/** What the page knows of a session: its welcome, with the events folded in. */

import {
  type Agent,
  type AgentConfigureFailed,
  type AgentSignInFailed,
  type Approval,
  type Elicitation,
  type ItemAnswer,
  type Limits,
  type Participant,
  type PeopleAnswer,
  type Permission,
  type QueuedPrompt,
  type Session,
  type Welcome,
} from "parley-client";

import { load, ownTurn, type Loaded } from "parley-client/view";
import type { Timeline } from "parley-client/view";
import type { SessionEvent } from "./wire.ts";

export interface Room {
  readonly session: Session;
  readonly me: Participant;
  /**
   * The host, the guests who have not left, in order of joining, and the authors of
   * pending prompts. When the session has ended: everyone who was in it at the end.
   */
  readonly people: readonly Participant[];
  /** Participants who did not fit into the welcome; null once all are in people. */
  readonly missing: Missing | null;
  /** How many guests have left. */
  readonly left: number;
  /** Grows whenever something happens to a guest who has left, so that lists of them reload. */
  readonly departures: number;
  /** The ids of the participants with a live connection, and the user's own. */
  readonly present: ReadonlySet<string>;
  /** The ids of the participants who are typing. */
  readonly typing: ReadonlySet<string>;
  /** Prompts that wait for approval, oldest first. */
  readonly pending: readonly Approval[];
  /** Approved prompts that have not ended. */
  readonly approved: readonly Approval[];
  /** The places of those that wait for the agent, in the order in which they run. */
  readonly queue: readonly QueuedPrompt[];
  /** Questions of the agent that wait for an answer. */
  readonly permissions: readonly Permission[];
  /** Requests for input that wait for an answer, or for their page to be finished. */
  readonly elicitations: readonly Elicitation[];
  readonly agent: Agent;
  /** Changes of the agent's options that have failed: the last of each option. */
  readonly failures: readonly AgentConfigureFailed[];
  /** The last attempt to sign in to the agent, if it has failed. */
  readonly signInFailure: AgentSignInFailed | null;
  readonly limits: Limits;
  /** The server's address for links to others, if it has been set. */
  readonly publicUrl: string | undefined;
  /** Whether the connection only reads: the user has left, or the session has ended. */
  readonly readOnly: boolean;
  /** The newest events that are kept, oldest first. */
  readonly events: readonly SessionEvent[];
  /** The approximate size of the events in bytes. */
  readonly size: number;
  readonly timeline: Timeline;
  /** Whether there are older events than those. */
  readonly more: boolean;
  /** Whether an event replaced the invite. That event may have been dropped. */
  readonly rotated: boolean;
  /** The ids of the user's last messages and prompts: their rows may have been dropped. */
  readonly mine: readonly string[];
  /** The older stretch that the user reads; null while the newest events are shown. */
  readonly past: Past | null;
}

/** Participants who are in the session but not known yet. */
export interface Missing {
  /** The id of the last known participant: the others joined later. */
  readonly after: string;
  /** The ids of participants who have left since the welcome. Some may be among the missing. */
  readonly left: ReadonlySet<string>;
}

/** A stretch of history that new events are not added to. */
export interface Past extends Loaded {
  /** Whether there are older events. */
  readonly more: boolean;
}

/** Returns the stretch of history that is shown. */
export function shownOf(room: Room): Past {
  return room.past ?? room;
}

/** Returns the room that a welcome describes. */
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
    // What was pending when the session ended can no longer be decided on.
    pending: active ? w.approvals.filter((a) => a.status === "pending") : [],
    approved: active ? w.approvals.filter((a) => a.status === "approved") : [],
    queue: w.queue ?? [],
    permissions: active ? w.permissions : [],
    elicitations: active ? (w.elicitations ?? []) : [],
    agent: w.agent,
    failures: [],
    signInFailure: null,
    limits: w.limits,
    publicUrl: w.publicUrl,
    readOnly: w.readOnly ?? false,
    ...load(events, runningOf(w)),
    more: events[0]?.type !== "shared_session_created",
    rotated: events.some((e) => e.type === "invite_rotated"),
    mine: [],
    past: null,
  };
}

// An approved prompt runs unless it waits, perhaps for a turn of another session.
function runningOf(w: Welcome): string | null {
  if (w.agent.turn) return ownTurn;
  const waiting = new Set(w.queue?.map((q) => q.approvalId));
  const approvedAt = (a: Approval) => Date.parse(a.resolvedAt ?? a.createdAt);
  const [first] = w.approvals
    .filter((a) => a.status === "approved" && !waiting.has(a.id))
    .sort((a, b) => approvedAt(a) - approvedAt(b));
  return first?.id ?? null;
}

/** Takes in which participants have a live connection. */
export function withPresence(room: Room, ids: readonly string[]): Room {
  return { ...room, present: presentWith(ids, room.me) };
}

// A user without a WebSocket is not in the list, but is looking at the page.
function presentWith(ids: readonly string[], me: Participant): ReadonlySet<string> {
  return new Set([...ids, me.id]);
}

/** Takes in a page of the participants who did not fit into the welcome. */
export function withPeople(room: Room, page: PeopleAnswer): Room {
  const { missing } = room;
  if (!missing) return room;
  const known = new Set(room.people.map((p) => p.id));
  const news = page.participants.filter((p) => !known.has(p.id) && !missing.left.has(p.id));
  // The list already ends with authors of prompts and participants who joined later.
  const guests = [...room.people.slice(1), ...news];
  guests.sort((a, b) => Date.parse(a.joinedAt) - Date.parse(b.joinedAt));
  const after = page.participants.at(-1)?.id;
  return {
    ...room,
    people: [...room.people.slice(0, 1), ...guests],
    missing: page.more && after !== undefined ? { ...missing, after } : null,
  };
}

/** Replaces a waiting item that the welcome cut by the complete item. */
export function withWhole(room: Room, whole: ItemAnswer): Room {
  const { approval: a, permission: p, elicitation: i } = whole;
  return {
    ...room,
    pending: room.pending.map((o) => (o.id === a?.id && o.truncated ? a : o)),
    approved: room.approved.map((o) => (o.id === a?.id && o.truncated ? a : o)),
    permissions: room.permissions.map((o) => (o.requestId === p?.requestId && o.truncated ? p : o)),
    elicitations: room.elicitations.map((o) =>
      o.requestId === i?.requestId && o.truncated ? i : o,
    ),
  };
}

/** Returns the ids of the agent's questions and requests for input that wait for an answer. */
export function openQuestions(room: Pick<Room, "permissions" | "elicitations">): string[] {
  const asked = room.elicitations.filter((e) => !e.acceptedBy);
  return [...room.permissions, ...asked].map((q) => q.requestId);
}

/**
 * Reports whether the invite was replaced after the event at which it was last
 * known to be valid. Without that event, the answer is that of the loaded events.
 */
export function inviteReplaced(room: Room, since: string | undefined): boolean {
  const last = room.events.findLastIndex((e) => e.type === "invite_rotated");
  const good = room.events.findIndex((e) => e.cursor === since);
  // Whether a dropped replacement came before a dropped event is unknown.
  return last < 0 ? room.rotated && good < 0 : last > good;
}

export function personById(room: Pick<Room, "people">, id: string | null): Participant | null {
  return room.people.find((p) => p.id === id) ?? null;
}

/** Returns an author, possibly as of the time of writing: people who left are not in people. */
export function authorById(room: Room, id: string): Participant | null {
  const here = personById(room, id);
  if (here) return here;
  for (const { items } of [shownOf(room).timeline, room.timeline]) {
    const row = items.find((r) => r.type === "chat" && r.author.id === id);
    if (row?.type === "chat") return row.author;
  }
  return null;
}
