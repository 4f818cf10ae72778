import type { Agent, ConfigOption } from "parley-client";
import { describe, expect, it, test } from "vitest";

import { costText, currentOf, forks, optionOf, percentUsed, programOf } from "./agent.ts";
import { Story, welcome } from "./fixtures.ts";
import { enter } from "./room.ts";
import { take } from "./roomHistory.ts";

const value = { value: "ask", name: "Ask first", description: "", group: "", asksNobody: false };
const mode: ConfigOption = {
  id: "mode",
  name: "Mode",
  description: "",
  category: "mode",
  type: "select",
  currentValue: "ask",
  options: [value],
  optionTotal: 1,
};
const idle: Agent = { status: "idle" };

describe("what is known about the agent", () => {
  it("is its title, or else its name, with the version", () => {
    const named = (info: Agent["info"]) => programOf({ ...idle, info });
    expect(named({ name: "gem-cli", title: "Gem", version: "1.2" })).toBe("Gem 1.2");
    expect(named({ name: "gem-cli", title: "", version: "" })).toBe("gem-cli");
    expect([programOf(idle), named({ name: "", title: "", version: "1" })]).toEqual(["", ""]);
  });

  it("is the first option of a category, with its current value", () => {
    const other = { ...mode, id: "other" };
    expect(optionOf({ ...idle, configOptions: [mode, other] }, "mode")).toBe(mode);
    expect(optionOf(idle, "model")).toBeUndefined();
    expect(currentOf(mode)).toBe(value);
    expect(currentOf({ ...mode, currentValue: "new" }).name).toBe("new");
    expect(currentOf({ ...mode, currentValue: true }).name).toBe("true");
    expect(currentOf({ ...mode, currentValue: null }).name).toBe("null");
  });

  it("is the used share of the context, and a cost if known", () => {
    expect(percentUsed({ used: 53_000, size: 200_000, cost: null })).toBe(27);
    expect([percentUsed(undefined), percentUsed({ used: 1, size: 0, cost: null })]).toEqual([
      null,
      null,
    ]);
    expect(costText({ amount: 1.5, currency: "USD" })).toBe("$1.50");
    expect(costText({ amount: 0.0066, currency: "USD" })).toBe("$0.0066");
    expect(costText({ amount: 12, currency: "credits" })).toBe("12.00 credits");
    expect([costText(null), costText({ amount: 0, currency: "USD" })]).toEqual(["", ""]);
  });
});

test("a room keeps the newest of each fact, in any order", () => {
  const room = enter({
    ...welcome(),
    agent: { status: "starting", sessionTitle: "Old", cwd: "/shop", availableCommands: [] },
  });
  const story = new Story()
    .add("agent_updated", { sessionTitle: "New", configOptions: [mode] })
    .add("agent_status", { status: "idle" });
  const { agent } = take(room, story.events);
  expect(agent).toEqual({
    status: "idle",
    sessionTitle: "New",
    cwd: "/shop",
    availableCommands: [],
    configOptions: [mode],
  });
});

test.each([
  [undefined, false],
  [{}, false],
  [{ sessionCapabilities: { fork: null } }, false],
  [{ session: { fork: true } }, false],
  [{ sessionCapabilities: { fork: {} } }, true],
  [{ session: { fork: {} } }, true],
])("an agent with the capabilities %j offers forks: %j", (capabilities, offered) => {
  expect(forks({ ...idle, capabilities } as Agent)).toBe(offered);
});
