import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { PresenceList } from "../src/presence.js";
import type { Presence, Welcome } from "../src/protocol.gen.js";
import { fakeSession, settled } from "./fake/socket.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const change = (from: number, to: number, joined: string[], left: string[] = []): Presence => ({
  epoch: "e",
  from,
  to,
  joined,
  left,
});

function list(at: number, ...presence: string[]): PresenceList {
  const l = new PresenceList();
  l.welcomed({ presenceEpoch: "e", presenceAt: at, presence } as Welcome);
  return l;
}

test("applying all changes gives the whole list", () => {
  const l = list(2, "a", "b");
  expect(l.apply(change(2, 4, ["c"], ["a"]))).toBe("changed");
  expect(l.participants).toEqual(["b", "c"]);
  expect(l.apply(change(1, 4, ["a"]))).toBe("known");
  // The change overlaps changes that are known already.
  expect(l.apply(change(3, 6, ["c", "d"], ["b"]))).toBe("changed");
  expect(l.participants).toEqual(["c", "d"]);
});

test("a missed change and another epoch are detected", () => {
  const l = list(2, "a");
  expect(l.apply(change(3, 4, ["b"]))).toBe("missed");
  expect(l.apply({ ...change(2, 3, ["b"]), epoch: "another" })).toBe("missed");
  expect(l.participants).toEqual(["a"]);
});

test("after a missed change the list is requested, once at a time", async () => {
  const { session, sockets } = fakeSession();
  await settled();
  const socket = sockets[0]!;
  await socket.welcome({ presenceEpoch: "e", presenceAt: 1, presence: ["P1"] });
  const presence = vi.fn();
  session.on("presence", presence);
  socket.say({ type: "presence", payload: change(5, 6, ["P2"]) });
  socket.say({ type: "presence", payload: change(6, 7, ["P3"]) });
  await settled();
  const asked = socket.sent.filter((c) => c.type === "presence");
  expect(asked).toHaveLength(1);
  expect(presence).not.toHaveBeenCalled();
  const participants = ["P1", "P2", "P3"];
  socket.say({ type: "ok", id: asked[0]!.id, payload: { epoch: "e", at: 7, participants } });
  expect(presence).toHaveBeenCalledWith({ participants });
  socket.say({ type: "presence", payload: change(7, 8, [], ["P1"]) });
  expect(presence).toHaveBeenLastCalledWith({ participants: ["P2", "P3"] });
  session.close();
});
