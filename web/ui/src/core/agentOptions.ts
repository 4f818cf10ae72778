/** The agent's options, and what becomes of changes to them. */

import type {
  Agent,
  AgentConfigureFailed,
  AgentConfigured,
  AgentConfiguring,
  ConfigOption,
  ConfigValue,
  SessionEvent as KnownEvent,
} from "parley-client";

/** Folds a change of an option, or its outcome, into what is known about the agent. */
export function withChange(agent: Agent, e: KnownEvent): Agent {
  switch (e.type) {
    case "agent_configuring":
      return { ...agent, configuring: [...without(agent, e.payload.optionId), e.payload] };
    case "agent_configured": {
      const settled = { ...agent, configuring: without(agent, e.payload.optionId) };
      return settlesRefusal(agent, e.payload) ? withoutRefusal(settled) : settled;
    }
    case "agent_configure_failed": {
      const settled = { ...agent, configuring: without(agent, e.payload.optionId) };
      return e.payload.promptsWait ? { ...settled, refusedMode: e.payload } : settled;
    }
    case "agent_status":
      if (e.payload.status !== "exited" && e.payload.status !== "starting") return agent;
      return withoutRefusal(agent);
  }
  return agent;
}

function without(agent: Agent, optionId: string): AgentConfiguring[] {
  return agent.configuring?.filter((c) => c.optionId !== optionId) ?? [];
}

/**
 * Reports whether a change settles the refusal of a mode: a change of the same option, or of
 * the mode if the agent no longer has the refused option.
 */
function settlesRefusal(agent: Agent, done: AgentConfigured): boolean {
  const refused = agent.refusedMode?.optionId;
  if (refused === undefined || refused === done.optionId) return refused !== undefined;
  const gone = optionById(agent.configOptions, refused) === undefined;
  const isMode = optionById(agent.configOptions, done.optionId)?.category === "mode";
  return gone && isMode && done.value !== null;
}

function withoutRefusal(agent: Agent): Agent {
  const { refusedMode: _, ...rest } = agent;
  return rest;
}

/** Folds the outcome of a change into the failures to show: the newest of each option. */
export function withFailure(
  failures: readonly AgentConfigureFailed[],
  e: KnownEvent,
): readonly AgentConfigureFailed[] {
  switch (e.type) {
    case "agent_configuring":
    case "agent_configured":
    case "agent_configure_failed": {
      const rest = failures.filter((f) => f.optionId !== e.payload.optionId);
      return e.type === "agent_configure_failed" ? [...rest, e.payload].slice(-64) : rest;
    }
  }
  return failures;
}

/** Returns the option with an id. */
export function optionById(
  options: readonly ConfigOption[] | undefined,
  id: string,
): ConfigOption | undefined {
  return options?.find((o) => o.id === id);
}

const categories = ["mode", "model", "thought_level"];

/** Returns the options in groups of one category: first those of the known categories. */
export function optionsByCategory(options: readonly ConfigOption[]): ConfigOption[] {
  const found = [...new Set(options.map((o) => o.category))];
  const rank = (category: string) => {
    const known = categories.indexOf(category);
    return known >= 0 ? known : categories.length + found.indexOf(category);
  };
  return [...options].sort((a, b) => rank(a.category) - rank(b.category));
}

/** Returns the name of a value of an option; on and off for booleans. */
export function valueName(
  option: ConfigOption | undefined,
  value: unknown,
  names: { on: string; off: string },
): string {
  if (typeof value === "boolean") return value ? names.on : names.off;
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  return option?.options.find((v) => v.value === value)?.name || value;
}

/** Reports whether the agent can set options in its current state. */
export function takesChanges(agent: Agent): boolean {
  return !["starting", "ending", "exited"].includes(agent.status);
}

/** Values of an option under the name of their group; "" for those without. */
export interface ValueGroup {
  name: string;
  values: ConfigValue[];
}

/** Returns the values of an option in the agent's order, by group. */
export function valueGroups(option: ConfigOption): ValueGroup[] {
  const groups: ValueGroup[] = [];
  for (const v of option.options) {
    const last = groups.at(-1);
    if (last?.name === v.group) last.values.push(v);
    else groups.push({ name: v.group, values: [v] });
  }
  return groups;
}
