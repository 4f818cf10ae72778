/** The turn that an agent began without a prompt. */

import type { Agent, SessionEvent as KnownEvent } from "parley-client";

/** Folds the start, the cancellation or the end of such a turn into what is known. */
export function withOwnTurn(agent: Agent, e: KnownEvent): Agent {
  switch (e.type) {
    case "agent_turn_started":
      return { ...agent, turn: { startedAt: e.timestamp } };
    case "agent_turn_cancelled":
      return agent.turn ? { ...agent, turn: { ...agent.turn, cancelled: true } } : agent;
    case "agent_turn_ended": {
      const { turn: _, ...rest } = agent;
      return rest;
    }
  }
  return agent;
}
