/** Notices about the session and its people. */

import type { AgentSession, EarlierHistory, Participant, SessionEvent } from "../protocol.gen.js";

/** What a notice says. */
export type Notice =
  | { what: "created" }
  | { what: "joined"; who: Participant }
  | { what: "role"; who: Participant }
  | { what: "left"; who: Participant; removed: boolean; reason: string | null }
  /** Several participants have joined or left, one after the other. */
  | { what: "people"; moves: readonly Move[] }
  | { what: "mode"; who: Participant; mode: string }
  | { what: "invite"; who: Participant }
  /** A participant has moved a prompt that waits. */
  | { what: "moved"; who: Participant }
  | { what: "closed"; status: string }
  | { what: "agent"; status: string; detail: string | null }
  | { what: "restarting"; who: Participant }
  | { what: "switched"; who: Participant; from: string; to: string }
  | { what: "continues" }
  /** Whether the session has the conversation that the agent remembers. */
  | { what: "history"; history: EarlierHistory }
  | {
      what: "forgot";
      reason: string;
      /** What the agent is told about the conversation; empty for nothing. */
      recap: string;
    }
  | { what: "slowed" }
  | { what: "stray" }
  | { what: "ownTurnCancelled"; who: Participant }
  /** A participant stops a tool call or a terminal. */
  | { what: "stops"; who: Participant }
  | { what: "stopRefused"; reason: string }
  /** A participant signed in to the agent, or tried to. */
  | { what: "signedIn"; who: Participant }
  | { what: "signInFailed"; who: Participant; reason: string }
  | { what: "agentMode"; mode: string }
  /** The agent has set an option of its own accord. */
  | { what: "agentOption"; optionId: string; value: unknown }
  | { what: "agentTitle"; title: string }
  /** severity is info, warning, error, or a word of the agent's own. */
  | { what: "agentNotice"; severity: string; title: string; description: string }
  /** The agent asked for input in a way that cannot be shown. */
  | { what: "refusedInput"; message: string; reason: string }
  /** An update of the agent was too big to be kept. */
  | { what: "oversized"; name: string; bytes: number }
  | { what: "option"; who: Participant; optionId: string; value: unknown }
  | {
      what: "optionFailed";
      who: Participant;
      optionId: string;
      value: unknown;
      reason: string;
      /** Whether prompts wait until the host sets a mode. */
      promptsWait: boolean;
    }
  | { what: "unknown"; name: string; raw: unknown };

/** A participant who has joined or left. */
export interface Move {
  who: Participant;
  joined: boolean;
}

/** How many participants one notice tells of at most, and for how long, in milliseconds. */
const maxMoves = 100;
const maxMovesTime = 10 * 60_000;

/** Returns one notice that tells what two notices tell; null if they stay apart. */
export function merged(before: Notice, passed: number, next: Notice): Notice | null {
  const [moves, more] = [movesOf(before), movesOf(next)];
  if (moves.length === 0 || more.length === 0) return null;
  if (passed > maxMovesTime || moves.length + more.length > maxMoves) return null;
  return { what: "people", moves: [...moves, ...more] };
}

/** Returns who has joined and left by a notice. A removal, and a reason, is told by itself. */
function movesOf(n: Notice): readonly Move[] {
  if (n.what === "people") return n.moves;
  if (n.what === "joined") return [{ who: n.who, joined: true }];
  if (n.what === "left" && !n.removed && n.reason === null) return [{ who: n.who, joined: false }];
  return [];
}

const quietStatus = new Set(["starting", "idle", "running", "waiting", "ending"]);

/** Returns the notice for an event; null for none. */
export function noticeOf(e: SessionEvent): Notice | null {
  switch (e.type) {
    case "shared_session_created":
      return { what: "created" };
    case "session_updated":
      return { what: "mode", who: e.payload.participant, mode: e.payload.session.mode };
    case "session_closed":
      return { what: "closed", status: e.payload.status };
    case "participant_joined":
      return { what: "joined", who: e.payload.participant };
    case "participant_updated":
      return { what: "role", who: e.payload.participant };
    case "participant_left": {
      const { participant: who, removedBy, reason = null } = e.payload;
      return { what: "left", who, removed: removedBy != null, reason };
    }
    case "invite_rotated":
      return { what: "invite", who: e.payload.participant };
  }
  return agentNotice(e);
}

/** Returns the notice for an event about the agent; null for none. */
function agentNotice(e: SessionEvent): Notice | null {
  switch (e.type) {
    case "agent_status":
      // The other states are shown in the room's header and would be noise here.
      if (quietStatus.has(e.payload.status) || e.payload.asleep) return null;
      return {
        what: "agent",
        status: e.payload.status,
        detail: e.payload.detail ?? e.payload.stderrTail ?? null,
      };
    case "agent_session":
      return continuationOf(e.payload);
    case "agent_configured": {
      const { participant: who, optionId, value } = e.payload;
      return { what: "option", who, optionId, value };
    }
    case "agent_configure_failed": {
      const { participant: who, optionId, value, reason, promptsWait = false } = e.payload;
      return { what: "optionFailed", who, optionId, value, reason, promptsWait };
    }
    case "elicitation_refused":
      return { what: "refusedInput", message: e.payload.message, reason: e.payload.reason };
    case "agent_turn_cancelled":
      return { what: "ownTurnCancelled", who: e.payload.participant };
    case "agent_stop_requested":
      return { what: "stops", who: e.payload.participant };
    case "agent_stop_refused":
      return { what: "stopRefused", reason: e.payload.reason };
    case "agent_restarting":
      return { what: "restarting", who: e.payload.participant };
    case "agent_switched": {
      const { participant: who, from, to } = e.payload;
      return { what: "switched", who, from, to };
    }
    case "agent_signed_in":
      return { what: "signedIn", who: e.payload.participant };
    case "agent_sign_in_failed":
      return { what: "signInFailed", who: e.payload.participant, reason: e.payload.reason };
    case "agent_slowed":
      return { what: "slowed" };
    case "agent_stray_output":
      return { what: "stray" };
  }
  return null;
}

/** Returns the notice of how the agent continues. */
function continuationOf({ continued, history, reason = "", recap = "" }: AgentSession): Notice {
  if (history) return { what: "history", history };
  return continued === "new" ? { what: "forgot", reason, recap } : { what: "continues" };
}
