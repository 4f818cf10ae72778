import type { Agent, ConfigOption } from "parley-client";
import { describe, expect, it } from "vitest";

import { optionsByCategory, takesChanges, valueGroups, valueName } from "./agentOptions.ts";
import { ann, olga, Story, welcome } from "./fixtures.ts";
import { enter, type Room } from "./room.ts";
import { take } from "./roomHistory.ts";

function option(id: string, category: string, change: Partial<ConfigOption> = {}): ConfigOption {
  const value = { value: "a", name: "Apple", description: "", group: "", asksNobody: false };
  return {
    id,
    name: id,
    description: "",
    category,
    type: "select",
    currentValue: "a",
    options: [value],
    optionTotal: 1,
    ...change,
  };
}

const names = { on: "On", off: "Off" };
const idle: Agent = {
  status: "idle",
  configOptions: [option("model", "model"), option("mode", "mode")],
};
const set = (optionId: string, value: unknown) => ({ optionId, value, participant: olga });
const after = (story: Story, agent: Agent = idle): Room =>
  take(enter({ ...welcome(), agent }), story.events);

describe("the agent's options", () => {
  it("stand in groups of one category, the mode first", () => {
    const list = ["", "x", "model", "", "thought_level", "mode", "x"];
    const sorted = optionsByCategory(list.map((c, i) => option(String(i), c)));
    expect(sorted.map((o) => o.category)).toEqual([
      "mode",
      "model",
      "thought_level",
      "",
      "",
      "x",
      "x",
    ]);
  });

  it("have values with names, in groups", () => {
    const o = option("o", "");
    expect(valueName(o, "a", names)).toBe("Apple");
    expect(valueName(o, "b", names)).toBe("b");
    expect(valueName(undefined, true, names)).toBe("On");
    const value = o.options[0]!;
    const grouped = { ...o, options: [value, { ...value, group: "G" }, { ...value, group: "G" }] };
    expect(valueGroups(grouped).map((g) => [g.name, g.values.length])).toEqual([
      ["", 1],
      ["G", 2],
    ]);
  });

  it("can be set while the agent runs", () => {
    expect(takesChanges(idle)).toBe(true);
    expect(takesChanges({ status: "unresponsive" })).toBe(true);
    expect(takesChanges({ status: "exited" })).toBe(false);
  });
});

describe("a change of an option", () => {
  it("is pending until the agent has accepted it", () => {
    const story = new Story().add("agent_configuring", set("model", "a"));
    expect(after(story).agent.configuring).toMatchObject([{ optionId: "model" }]);
    const room = after(story.add("agent_configured", set("model", "a")));
    expect(room.agent.configuring).toEqual([]);
    expect(room.timeline.items.at(-1)).toMatchObject({
      notice: { what: "option", optionId: "model", value: "a" },
    });
  });

  it("leaves a failure until the next change of that option", () => {
    const story = new Story()
      .add("agent_configuring", set("model", "a"))
      .add("agent_configure_failed", { ...set("model", "a"), reason: "no" });
    const room = after(story);
    expect(room.agent.configuring).toEqual([]);
    expect(room.failures).toMatchObject([{ optionId: "model", reason: "no" }]);
    expect(room.timeline.items.at(-1)).toMatchObject({
      notice: { what: "optionFailed", reason: "no", promptsWait: false },
    });
    expect(after(story.add("agent_configuring", set("model", "b"))).failures).toEqual([]);
  });

  it.each([
    ["the host sets a mode", "agent_configured", set("mode", "a")],
    ["the host forgets it", "agent_configured", set("gone", null)],
    ["the agent ends", "agent_status", { status: "exited" }],
  ] as const)("that a restarted agent refuses lets prompts wait until %s", (_, type, payload) => {
    const refused = { ...set("gone", "a"), reason: "no", promptsWait: true };
    const story = new Story()
      .add("agent_configure_failed", refused)
      .add("agent_configured", set("model", "a"));
    expect(after(story).agent.refusedMode).toMatchObject({ reason: "no" });
    expect(after(story.add(type, payload as never)).agent.refusedMode).toBeUndefined();
  });

  it("is told by the welcome if it is under way", () => {
    const agent = { ...idle, configuring: [{ ...set("model", "a"), participant: ann }] };
    expect(after(new Story(), agent).agent.configuring).toHaveLength(1);
  });
});
