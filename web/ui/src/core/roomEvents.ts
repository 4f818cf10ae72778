/** Folds single events into what is known of a session. */

import {
  followQueue,
  isKnownEvent,
  type Agent,
  type AgentStatusChanged,
  type Approval,
  type Elicitation,
  type Participant,
  type Permission,
  type SessionEvent as KnownEvent,
} from "parley-client";

import { withChange, withFailure } from "./agentOptions.ts";
import { withOwnTurn } from "./ownTurn.ts";
import { signInFailureAfter, withSignIn } from "./signIn.ts";
import type { Room } from "./room.ts";
import type { SessionEvent } from "./wire.ts";

/** Folds an event into the room, except for its timeline. */
export function foldEvent(before: Room, e: SessionEvent): Room {
  if (!isKnownEvent(e)) return before;
  const room = withQueue(before, e);
  switch (e.type) {
    case "session_updated":
    case "invite_rotated":
    case "session_closed":
      return withSession(room, e);
    case "participant_joined":
    case "participant_updated":
    case "participant_left":
      return withPerson(room, e.payload.participant, e.timestamp);
    case "message_created":
      return stopsTyping(withMine(room, e.payload.message), e.payload.participant.id);
    case "prompt_pending_approval":
      return withProposal(room, e.payload.approval, e.payload.participant);
    case "prompt_approved":
    case "prompt_rejected":
      return withMine(withoutPending(room, e.payload.approval.id), e.payload.approval);
    case "prompt_cancelled":
    case "prompt_dispatch_failed":
      return signInOf(withoutPending(room, e.payload.approvalId), e);
    case "prompt_dispatch_completed":
    case "agent_signing_in":
    case "agent_signed_in":
    case "agent_sign_in_failed":
      return signInOf(room, e);
    case "permission_requested":
      return {
        ...room,
        permissions: [...withoutPermission(room, e.payload.requestId), e.payload],
      };
    case "permission_resolved":
    case "permission_withdrawn":
      return { ...room, permissions: withoutPermission(room, e.payload.requestId) };
    case "elicitation_requested":
    case "elicitation_resolved":
    case "elicitation_withdrawn":
    case "elicitation_completed":
      return { ...room, elicitations: withElicitation(room.elicitations, e) };
    case "agent_status":
      return { ...room, agent: withChange(withStatus(room.agent, e.payload), e) };
    case "agent_updated":
      return { ...room, agent: { ...room.agent, ...e.payload } };
    case "agent_turn_started":
    case "agent_turn_cancelled":
    case "agent_turn_ended":
      return { ...room, agent: withOwnTurn(room.agent, e) };
    case "agent_configuring":
    case "agent_configured":
    case "agent_configure_failed":
      return {
        ...room,
        agent: withChange(room.agent, e),
        failures: withFailure(room.failures, e),
      };
  }
  return room;
}

/** Takes in which prompts are on their way to the agent. */
function withQueue(room: Room, e: KnownEvent): Room {
  const queue = followQueue(room.queue, e);
  const next = queue === room.queue ? room : { ...room, queue };
  switch (e.type) {
    case "prompt_approved":
      return {
        ...next,
        approved: [...without(room.approved, e.payload.approval.id), e.payload.approval],
      };
    case "prompt_dispatch_completed":
    case "prompt_dispatch_failed":
      return { ...next, approved: without(room.approved, e.payload.approvalId) };
    case "session_closed":
      return { ...next, approved: [] };
  }
  return next;
}

function without(list: readonly Approval[], id: string): readonly Approval[] {
  return list.some((a) => a.id === id) ? list.filter((a) => a.id !== id) : list;
}

type SessionChange = Extract<
  KnownEvent,
  { type: "session_updated" | "invite_rotated" | "session_closed" }
>;

function withSession(room: Room, e: SessionChange): Room {
  const { session } = room;
  switch (e.type) {
    case "session_updated":
      return { ...room, session: { ...e.payload.session, inviteToken: session.inviteToken } };
    case "invite_rotated":
      return { ...room, rotated: true, session: { ...session, inviteToken: null } };
    case "session_closed": {
      const closed = { ...session, status: e.payload.status };
      return {
        ...room,
        session: closed,
        pending: [],
        permissions: [],
        elicitations: [],
        typing: new Set(),
      };
    }
  }
}

function withProposal(room: Room, approval: Approval, author: Participant): Room {
  const rest = room.pending.filter((a) => a.id !== approval.id);
  const next = { ...room, pending: [...rest, approval] };
  return stopsTyping(withMine(next, approval), author.id);
}

function withoutPermission(room: Room, id: string): readonly Permission[] {
  return room.permissions.filter((p) => p.requestId !== id);
}

type ElicitationChange = Extract<
  KnownEvent,
  {
    type:
      | "elicitation_requested"
      | "elicitation_resolved"
      | "elicitation_withdrawn"
      | "elicitation_completed";
  }
>;

function withElicitation(
  before: readonly Elicitation[],
  e: ElicitationChange,
): readonly Elicitation[] {
  const { requestId } = e.payload;
  const others = before.filter((o) => o.requestId !== requestId);
  if (e.type === "elicitation_requested") return [...others, e.payload];
  const asked = before.find((o) => o.requestId === requestId);
  if (e.type !== "elicitation_resolved" || e.payload.action !== "accept") return others;
  const by = e.payload.participant;
  if (asked?.mode !== "url" || by === null) return others;
  return before.map((o) => (o === asked ? { ...o, acceptedBy: by } : o));
}

function signInOf(room: Room, e: KnownEvent): Room {
  return {
    ...room,
    agent: withSignIn(room.agent, e),
    signInFailure: signInFailureAfter(room.signInFailure, e),
  };
}

/** The details of the former status do not apply to the new one. */
function withStatus(agent: Agent, now: AgentStatusChanged): Agent {
  const { detail: _, silentSince: __, asleep: ___, ...rest } = agent;
  return {
    ...rest,
    status: now.status,
    ...(now.detail !== undefined && { detail: now.detail }),
    ...(now.silentSince !== undefined && { silentSince: now.silentSince }),
    ...(now.asleep && { asleep: true }),
  };
}

// More than can wait for an acknowledgement.
const maxMine = 64;

function withMine(room: Room, said: { id: string; participantId: string }): Room {
  if (said.participantId !== room.me.id || room.mine.includes(said.id)) return room;
  return { ...room, mine: [...room.mine, said.id].slice(-maxMine) };
}

function withPerson(room: Room, p: Participant, at: string): Room {
  const me = p.id === room.me.id ? { ...p, accessToken: room.me.accessToken } : room.me;
  const before = room.people.find((o) => o.id === p.id);
  const gone = p.leftAt !== null && p.role !== "host";
  // A participant who is not known may have left earlier and been removed now.
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
