/** Folds what becomes of the agent's options: what it sets of its own accord makes notices. */

import type { SessionEvent } from "../protocol.gen.js";
import type { Draft } from "./draft.js";

/** Folds an event about options; other events change nothing. */
export function foldOptions(d: Draft, e: SessionEvent): void {
  if (e.type === "agent_configuring" || e.type === "agent_configured") {
    // The agent's new list, which follows, is no news then.
    if (e.payload.value !== null) put(d, e.payload.optionId, e.payload.value);
  } else if (e.type === "agent_updated" && e.payload.configOptions) {
    const { options: before } = d.state.facts;
    let { mode } = d.state.facts;
    if (before === undefined) d.lack("options");
    const options: Record<string, string> = {};
    for (const o of e.payload.configOptions) {
      const value = JSON.stringify(o.currentValue);
      options[o.id] = value;
      const isKnown = o.category === "mode" && o.currentValue === mode;
      if (o.category === "mode" && typeof o.currentValue === "string") mode = o.currentValue;
      if (isKnown || (before?.[o.id] ?? value) === value) continue;
      d.add({
        type: "notice",
        notice: { what: "agentOption", optionId: o.id, value: o.currentValue },
      });
    }
    d.state.facts = { ...d.state.facts, options, ...(mode !== undefined && { mode }) };
  }
}

function put(d: Draft, id: string, value: unknown): void {
  const { options } = d.state.facts;
  if (options === undefined) d.lack("options");
  else d.state.facts = { ...d.state.facts, options: { ...options, [id]: JSON.stringify(value) } };
}
