import { describe, expect, test } from "vitest";

import type { HostSession } from "parley-client";

import { session } from "../core/fixtures.ts";
import { chooseSessions, entriesOf } from "./choose.ts";

describe("sessions", () => {
  const open = { ...session, id: "1", hostUserId: "olga-von-c-0123456789", hostSessionId: "h1" };
  const closed = { ...session, id: "2", hostUserId: "ben", status: "closed" as const };
  const known = (id: string) =>
    id === "2" ? { at: 0, title: "Basket", participant: { id: "p", token: "t" } } : null;
  const agent = { id: "h1", agent: "opencode", title: "", facts: {} } as HostSession;
  const entries = entriesOf([open, { ...closed, hostSessionId: "h2" }], [agent], known);
  const find = (...rest: [filter: "active" | "mine" | "all", words: string]) =>
    chooseSessions(entries, ...rest, known).map((e) => e.session.id);

  test("have the title that people gave them, or their host's name", () => {
    expect(entries.map((e) => [e.title, e.agent])).toEqual([
      ["Olga Von C's session", "opencode"],
      ["Basket", ""],
    ]);
    const named = { ...agent, facts: { sessionTitle: "Discounts" } };
    expect(entriesOf([open], [named], known)[0]?.title).toBe("Discounts");
    expect(entriesOf([open], [{ ...named, title: "The shop" }], known)[0]?.title).toBe("The shop");
  });

  test("are found by state and words", () => {
    expect(find("active", "")).toEqual(["1"]);
    expect(find("mine", "")).toEqual(["2"]);
    expect(find("all", "BASKET ben")).toEqual(["2"]);
    expect(find("all", "opencode")).toEqual(["1"]);
    expect(find("all", "nobody")).toEqual([]);
  });
});
