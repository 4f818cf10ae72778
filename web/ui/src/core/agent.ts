/** What is known about the agent besides its status, formatted for people. */

import type { Agent, AgentCost, AgentUsage, ConfigOption, ConfigValue } from "parley-client";
import { isObject } from "parley-client/view";

/** Returns the first option of a category. */
export function optionOf(agent: Agent, category: "mode" | "model"): ConfigOption | undefined {
  return agent.configOptions?.find((o) => o.category === category);
}

/**
 * Returns the current value of an option. A value that is not in its list gets its own
 * text as its name.
 */
export function currentOf(option: ConfigOption): ConfigValue {
  const value =
    typeof option.currentValue === "string"
      ? option.currentValue
      : (JSON.stringify(option.currentValue) ?? "");
  const listed = option.options.find((v) => v.value === value);
  return listed ?? { value, name: value, description: "", group: "", asksNobody: false };
}

/** Returns the names of the agents that the host may switch to. */
export function othersOf(agent: Agent): string[] {
  return (agent.profiles ?? []).filter((name) => name !== agent.profile);
}

/** Reports whether the agent offers to fork its session, in either version of its protocol. */
export function forks(agent: Agent): boolean {
  const capabilities: unknown = agent.capabilities;
  if (!isObject(capabilities)) return false;
  return [capabilities.sessionCapabilities, capabilities.session].some(
    (offers) => isObject(offers) && isObject(offers.fork),
  );
}

/** Returns the title or the name of the agent's program, with its version; "" if unknown. */
export function programOf(agent: Agent): string {
  const { info } = agent;
  const name = info?.title || info?.name || "";
  return name && info?.version ? `${name} ${info.version}` : name;
}

/** Returns how much of the context is used, in percent; null if unknown. */
export function percentUsed(usage: AgentUsage | undefined): number | null {
  return usage && usage.size > 0 ? Math.round((usage.used / usage.size) * 100) : null;
}

/** Returns an amount in its currency; "" if it is unknown or zero. */
export function costText(cost: AgentCost | null | undefined): string {
  if (!cost || cost.amount === 0) return "";
  const digits = cost.amount < 1 ? 4 : 2;
  try {
    return new Intl.NumberFormat("en", {
      style: "currency",
      currency: cost.currency,
      maximumFractionDigits: digits,
    }).format(cost.amount);
  } catch {
    return `${cost.amount.toFixed(digits)} ${cost.currency}`; // an unknown currency
  }
}

const count = new Intl.NumberFormat("en");

/** Returns a number with separators between thousands. */
export function countText(n: number): string {
  return count.format(n);
}
