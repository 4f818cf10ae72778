import { isKnownEvent } from "../state.js";

import { ownTurn } from "./turns.js";
import type { SessionEvent } from "./wire.js";

/** What the beginning of a list of events tells, without the events before it. */
export interface Opening {
  /** The approval whose turn ran before the first event; undefined if nothing tells. */
  running: string | null | undefined;
  /** The number of events up to and including the first that starts or ends a turn. */
  length: number;
  /** Whether any event starts or ends a turn. */
  turns: boolean;
  /** Whether only people acted up to there, and no row of theirs has begun before. */
  talk: boolean;
}

/** Reads events up to the first that starts or ends a turn. */
export function opening(events: readonly SessionEvent[]): Opening {
  const fromTheStart = events[0]?.type === "shared_session_created";
  const waiting = new Set<string>();
  let [agent, people] = [false, false];
  const endAt = (i: number, running: string | null): Opening => {
    const talk = !agent && people && running === null;
    return { running: fromTheStart ? null : running, length: i + 1, turns: true, talk };
  };
  for (const [i, e] of events.entries()) {
    if (!isKnownEvent(e)) continue;
    switch (e.type) {
      case "prompt_dispatch_started":
      case "agent_turn_started":
        return endAt(i, null);
      case "agent_turn_ended":
        return endAt(i, ownTurn);
      case "prompt_dispatch_completed":
        return endAt(i, e.payload.approvalId);
      case "prompt_dispatch_failed":
        // A prompt that only waited fails without a turn.
        if (!waiting.has(e.payload.approvalId)) return endAt(i, e.payload.approvalId);
        break;
      case "prompt_pending_approval":
      case "prompt_approved":
        waiting.add(e.payload.approval.id);
        break;
      case "message_created":
        people ||= e.payload.message.kind !== "prompt";
        break;
      case "participant_joined":
      case "participant_left":
        agent ||= !people; // the row of an earlier event may tell of it
        break;
      case "host_session_update":
      case "permission_requested":
      case "elicitation_requested":
        agent = true;
    }
  }
  const running = fromTheStart ? null : undefined;
  return { running, length: events.length, turns: false, talk: !agent };
}
