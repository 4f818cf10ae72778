/** What is known of the agent beside its status, as people read it. */

import type { Agent, AgentCost, AgentUsage, ConfigOption, ConfigValue } from "parley-client";

/** The first option of a category. */
export function optionOf(agent: Agent, category: "mode" | "model"): ConfigOption | undefined {
  return agent.configOptions?.find((o) => o.category === category);
}

/** The value that is chosen. One that the list lacks is named by itself, as is one that is no choice. */
export function currentOf(option: ConfigOption): ConfigValue {
  const value =
    typeof option.currentValue === "string"
      ? option.currentValue
      : (JSON.stringify(option.currentValue) ?? "");
  const listed = option.options.find((v) => v.value === value);
  return listed ?? { value, name: value, description: "", group: "", asksNobody: false };
}

/** The program's title, or else its name, and its version; empty when nothing is known. */
export function programOf(agent: Agent): string {
  const { info } = agent;
  const name = info?.title || info?.name || "";
  return name && info?.version ? `${name} ${info.version}` : name;
}

/** How much of the context is used, in per cent; null when it is not known. */
export function percentUsed(usage: AgentUsage | undefined): number | null {
  return usage && usage.size > 0 ? Math.round((usage.used / usage.size) * 100) : null;
}

/** An amount in its currency; empty when it is not known, or nothing. */
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
    return `${cost.amount.toFixed(digits)} ${cost.currency}`; // no currency that is known
  }
}

const count = new Intl.NumberFormat("en");

/** A number with its thousands apart. */
export function countText(n: number): string {
  return count.format(n);
}
