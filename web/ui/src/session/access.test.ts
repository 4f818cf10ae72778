import { beforeAll, describe, expect, test, vi } from "vitest";

import type { Remembered } from "../core/memory.ts";
import { accessAfter, firstAccess, type Stopped } from "./access.ts";

beforeAll(() => {
  vi.stubGlobal("location", { origin: "http://parley.example", pathname: "/s/s1" });
});

const participant = { id: "p1", token: "secret" };
const other = { id: "p2", token: "other" };
const place = { page: "session", session: "s1" } as const;
const entering = (as: typeof participant, readOnly = false) => ({
  how: "enter",
  link: { server: "http://parley.example", session: "s1", participant: as },
  options: { recent: 200, ...(readOnly && { readOnly }) },
});

describe("an address", () => {
  const known = (part: Partial<Remembered>): Remembered => ({ at: 0, ...part });
  test.each([
    ["with an invite asks for a name", { invite: "i" }, null, { how: "ask", invite: "i" }],
    ["without anything known is incomplete", {}, null, { how: "stop", state: "incomplete" }],
    ["without a secret uses the remembered invite", {}, { invite: "i" }, { how: "ask" }],
    ["returns the remembered participant", { invite: "i" }, { participant }, entering(participant)],
    [
      "of a participant goes before the remembered one",
      { participant: other },
      { participant },
      entering(other),
    ],
    [
      "says that the user has left",
      {},
      { participant, left: true, invite: "i" },
      { state: "left" },
    ],
    [
      "with an invite lets a guest who left join again",
      { invite: "i" },
      { participant, left: true, role: "collaborator" },
      { how: "ask", again: true },
    ],
    [
      "with an invite does not make the host a guest",
      { invite: "i" },
      { participant, left: true, role: "host" },
      { state: "left" },
    ],
  ])("%s", (_, secret, memory, access) =>
    expect(firstAccess({ ...place, ...secret }, memory && known(memory))).toMatchObject(access),
  );
});

describe("after the connection has stopped", () => {
  const stopped = (part: Partial<Stopped>): Stopped => ({
    session: "s1",
    state: "ended",
    reason: "",
    inside: false,
    participant: undefined,
    readOnly: false,
    invite: undefined,
    ...part,
  });
  test.each([
    ["a room whose session has ended stays", { inside: true }, null],
    ["a room that was full at a reconnection stays", { inside: true, state: "full" }, null],
    [
      "a removed user is told why",
      { inside: true, state: "removed", reason: "spam" },
      { how: "stop", state: "removed", reason: "spam" },
    ],
    [
      "a removal without a reason has none",
      { state: "removed" },
      { how: "stop", state: "removed" },
    ],
    [
      "other states show no reason",
      { state: "left", reason: "spam" },
      { how: "stop", state: "left" },
    ],
    ["an ended session is read by its participant", { participant }, entering(participant, true)],
    [
      "the server is asked how a session ended that cannot be read",
      { participant, readOnly: true },
      "ended",
    ],
    ["the server is asked how a session ended that was never joined", {}, "ended"],
    [
      "credentials that expired lead back to the invite",
      { participant, state: "badCredentials", invite: "i" },
      { how: "ask", invite: "i" },
    ],
    [
      "credentials that expired stop the user without an invite",
      { participant, state: "badCredentials" },
      { how: "stop", state: "badCredentials" },
    ],
  ] as [string, Partial<Stopped>, unknown][])("%s", (_, part, access) =>
    expect(accessAfter(stopped(part))).toEqual(access),
  );
});
