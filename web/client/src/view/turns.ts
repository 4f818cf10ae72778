/** Reads the events that start and end turns. */

import type { SessionEvent } from "../protocol.gen.js";

/** Stands for the id of an approval in a turn that the agent began without a prompt. */
export const ownTurn = "own";

/** Returns the turn that an event starts; null if it starts none. */
export function turnStartedBy(e: SessionEvent): string | null {
  if (e.type === "prompt_dispatch_started") return e.payload.approvalId;
  return e.type === "agent_turn_started" ? ownTurn : null;
}

/** Returns the turn that an event ends; null if it ends none. */
export function turnEndedBy(e: SessionEvent): string | null {
  switch (e.type) {
    case "prompt_dispatch_completed":
    case "prompt_dispatch_failed":
      return e.payload.approvalId;
    case "agent_turn_ended":
      return ownTurn;
  }
  return null;
}
