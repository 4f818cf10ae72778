import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Options } from "../src/index.js";
import { cursor, event, fakeSession, settled, welcome } from "./fake/socket.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Returns a session that was welcomed at event 10. */
async function live(options: Options = {}) {
  const fake = fakeSession(options);
  await settled();
  await fake.sockets[0]!.welcome({ cursor: cursor(10), resume: "new" });
  const seen: string[] = [];
  fake.session.on("event", (e) => seen.push(e.cursor));
  return { ...fake, socket: fake.sockets[0]!, seen };
}

test("the first command is a join, and the address contains no secret", async () => {
  const { session, socket } = await live({ displayName: "Ann", recent: 3 });
  expect(socket.url).toBe(
    "ws://localhost/api/shared-sessions/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11/ws",
  );
  expect(socket.protocols).toEqual(["parley.v1"]);
  const payload = {
    inviteToken: "INVITE",
    userId: "ann",
    displayName: "Ann",
    recent: 3,
    maxDelayMs: 0,
  };
  expect(socket.sent[0]).toEqual({ id: expect.any(String), type: "join", payload });
  expect(session.link).toMatch(/#p=7a6d3c10-.*:ANNS-TOKEN$/);
  expect(session.self?.userId).toBe("ann");
});

test("a repeated event is dropped, and the next one is not", async () => {
  const { session, socket, seen } = await live();
  socket.say(event(9), event(10), event(11), event(11), event(12));
  socket.say(event(12), event(13));
  expect(seen).toEqual([11, 12, 13].map(cursor));
  expect(session.cursor).toBe(cursor(13));
});

test("a hidden event is not emitted, and the client resumes behind it", async () => {
  const { session, socket, seen } = await live();
  const unknown = vi.fn();
  session.on("unknown", unknown);
  socket.say(event(11), { type: "hidden", cursor: cursor(14) });
  expect(seen).toEqual([cursor(11)]);
  expect(unknown).not.toHaveBeenCalled();
  expect(session.cursor).toBe(cursor(14));
});

test("a lost connection resumes after the last event, with the presence list", async () => {
  const { session, sockets, socket, seen } = await live();
  const presence = vi.fn();
  const welcomes = vi.fn();
  session.on("presence", presence);
  session.on("welcome", welcomes);
  socket.say(event(11));
  await socket.breakWith(4001);
  expect(session.connection).toMatchObject({ state: "reconnecting", retryInMs: 500 });
  await vi.advanceTimersByTimeAsync(500);
  const again = sockets[1]!;
  await again.welcome({ resume: "ok", presence: ["P1"], cursor: cursor(12) });
  expect(again.sent[0]).toMatchObject({ type: "resume", payload: { cursor: cursor(11) } });
  expect(again.sent[0]?.payload).not.toHaveProperty("recent");
  again.say(event(11), event(12));
  expect(seen).toEqual([11, 12].map(cursor));
  expect(presence).toHaveBeenCalledWith({ participants: ["P1"] });
  expect(welcomes).not.toHaveBeenCalled();
});

test("events in the same message as the welcome are emitted after it", async () => {
  const { session, sockets } = fakeSession();
  const heard: string[] = [];
  session.on("welcome", () => heard.push("welcome"));
  session.on("event", (e) => heard.push(e.type));
  session.on("connection", ({ state }) => heard.push(state));
  await settled();
  sockets[0]!.onopen?.({});
  await settled();
  const payload = { ...welcome, cursor: cursor(10) };
  sockets[0]!.say({ type: "welcome", id: "1", payload }, event(11));
  expect(heard).toEqual(["live", "welcome", "agent_status"]);
});

test("after a gap there is a new welcome, and cursors start anew", async () => {
  const { session, sockets, socket, seen } = await live();
  const welcomes: string[] = [];
  session.on("welcome", ({ resume }) => welcomes.push(resume));
  socket.say(event(20));
  await socket.breakWith(1006);
  await vi.advanceTimersByTimeAsync(500);
  await sockets[1]!.welcome({ resume: "gap", cursor: cursor(5) });
  sockets[1]!.say(event(6));
  expect(welcomes).toEqual(["gap"]);
  expect(seen).toEqual([20, 6].map(cursor));
});

test("a command whose answer was lost is sent again under its id, before later ones", async () => {
  const { session, sockets, socket } = await live();
  const said = session.chat("hello");
  await settled();
  const { id } = socket.last("chat");
  await socket.breakWith(1006);
  const waits = session.chat("later");
  await vi.advanceTimersByTimeAsync(500);
  await sockets[1]!.welcome({ resume: "ok" });
  const [resume, first, second] = sockets[1]!.sent;
  expect(resume?.type).toBe("resume");
  expect(first).toMatchObject({ id, payload: { text: "hello" } });
  sockets[1]!.say({ type: "ok", id, payload: { message: { id: "M1" } }, duplicate: true });
  sockets[1]!.say({ type: "ok", id: second!.id, payload: { message: { id: "M2" } } });
  expect(await said).toEqual({ id: "M1" });
  expect(await waits).toEqual({ id: "M2" });
});

test("a command is sent again under its id when the server is busy, but not at once", async () => {
  const { session, socket } = await live();
  const said = session.chat("hello");
  await settled();
  const { id } = socket.last("chat");
  const error = { code: "RATE_LIMITED", message: "slower", retryable: true, retryAfterMs: 1500 };
  socket.say({ type: "error", id, error });
  await vi.advanceTimersByTimeAsync(1499);
  expect(socket.sent.filter(({ type }) => type === "chat")).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.sent.filter(({ type }) => type === "chat").map((c) => c.id)).toEqual([id, id]);
  socket.say({ type: "ok", id, payload: { message: { id: "M1" } } });
  expect(await said).toEqual({ id: "M1" });
});

test("a command fails in the end if the server stays busy", async () => {
  const { session, socket } = await live();
  const said = expect(session.chat("hello")).rejects.toMatchObject({
    code: "JOURNAL_UNAVAILABLE",
    retryable: true,
  });
  for (let tries = 0; tries < 6; tries++) {
    await vi.advanceTimersByTimeAsync(30_000);
    const error = { code: "JOURNAL_UNAVAILABLE", message: "full", retryable: true };
    socket.say({ type: "error", id: socket.last("chat").id, error });
  }
  await said;
});

test("at most 64 commands are open at once, and none is lost", async () => {
  const { session, socket } = await live();
  const all = Array.from({ length: 70 }, (_, i) => session.chat(String(i)));
  await settled();
  const chats = () => socket.sent.filter(({ type }) => type === "chat");
  expect(chats()).toHaveLength(64);
  for (let i = 0; i < 70; i++) {
    socket.say({ type: "ok", id: chats()[i]!.id, payload: { message: { id: String(i) } } });
    await settled();
  }
  expect((await Promise.all(all)).map(({ id }) => id)).toEqual(all.map((_, i) => String(i)));
});

test("a command with the caller's id is one command, however often it is sent", async () => {
  const { session, socket } = await live();
  const twice = [
    session.chat("hello", { id: "outbox-1" }),
    session.chat("hello", { id: "outbox-1" }),
  ];
  await settled();
  expect(socket.sent.filter(({ id }) => id === "outbox-1")).toHaveLength(1);
  socket.say({ type: "ok", id: "outbox-1", payload: { message: { id: "M1" } } });
  expect(await Promise.all(twice)).toEqual([{ id: "M1" }, { id: "M1" }]);
});

test("an aborted command rejects, and the others continue", async () => {
  const { session, socket } = await live();
  const aborter = new AbortController();
  const given = session.chat("never mind", { signal: aborter.signal });
  aborter.abort(new Error("never mind"));
  await expect(given).rejects.toThrow("never mind");
  const said = session.ping();
  await settled();
  socket.say({ type: "pong", id: socket.last("ping").id });
  await said;
});

test.each([
  [1000, "left", "PARTICIPANT_INACTIVE"],
  [1007, "protocol", "INVALID_REQUEST"],
  [1009, "protocol", "TOO_LARGE"],
  [4400, "protocol", "INVALID_REQUEST"],
  [4401, "refused", "UNAUTHORIZED"],
  [4403, "removed", "PARTICIPANT_REMOVED"],
  [4404, "not_found", "SESSION_NOT_FOUND"],
  [4408, "protocol", "INVALID_REQUEST"],
  [4409, "ended", "SESSION_INACTIVE"],
])("close code %i stops for good: %s", async (code, reason, name) => {
  const { session, sockets, socket } = await live();
  const said = expect(session.chat("hello")).rejects.toMatchObject({ code: name });
  await socket.breakWith(code, "in words");
  expect(session.connection).toMatchObject({ state: "closed", reason, error: { code: name } });
  await said;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
});

test.each([1001, 1006, 1012, 1013, 4001, 4050])(
  "close code %i leads to a reconnection",
  async (code) => {
    const { session, sockets, socket } = await live();
    await socket.breakWith(code);
    expect(session.connection.state).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(500);
    await sockets[1]!.welcome({ resume: "ok" });
    expect(session.connection).toEqual({ state: "live" });
  },
);

test("a session that has moved is followed at once", async () => {
  const { sockets, socket } = await live();
  socket.say(event(11));
  await socket.breakWith(4002);
  expect(sockets).toHaveLength(2);
});

test("close code 4429 waits for ten seconds, or as long as the last error says", async () => {
  const { session, sockets, socket } = await live({ random: () => 0 });
  await socket.breakWith(4429);
  expect(session.connection).toMatchObject({ state: "reconnecting", retryInMs: 10_000 });
  await vi.advanceTimersByTimeAsync(10_000);
  await sockets[1]!.welcome({ resume: "ok" });
  const error = { code: "RATE_LIMITED", message: "slower", retryable: true, retryAfterMs: 70_000 };
  sockets[1]!.say({ type: "error", error });
  await sockets[1]!.breakWith(4429);
  expect(session.connection).toMatchObject({ retryInMs: 70_000 });
});

test("waits are random below a bound that doubles, and can be cut short", async () => {
  const lots = [1, 0.5, 1, 1, 1, 1, 1, 1];
  const { session, sockets } = fakeSession({ random: () => lots.shift() ?? 0 });
  const waits: number[] = [];
  session.on("connection", (c) => "retryInMs" in c && c.retryInMs && waits.push(c.retryInMs));
  await settled();
  for (let i = 0; i < 8; i++) {
    await sockets[i]!.breakWith(1006);
    session.retryNow();
    await settled();
  }
  expect(waits).toEqual([500, 500, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(session.connection).toMatchObject({ state: "connecting" });
});

test("a join that is refused for now is sent again under its id", async () => {
  const { session, sockets } = fakeSession();
  await settled();
  const [socket] = sockets;
  socket!.onopen?.({});
  await settled();
  const error = {
    code: "TOO_MANY_PARTICIPANTS",
    message: "full",
    retryable: true,
    retryAfterMs: 900,
  };
  socket!.say({ type: "error", id: socket!.sent[0]!.id, error });
  await settled();
  expect(session.connection).toMatchObject({ state: "connecting", error, retryInMs: 1400 });
  await vi.advanceTimersByTimeAsync(1400);
  await sockets[1]!.welcome();
  expect(sockets[1]!.sent[0]!.id).toBe(socket!.sent[0]!.id);
  await session.ready;
});

test("a silent connection is dropped after two heartbeats, and a live one is not", async () => {
  const { session, socket } = await live();
  const silence = () => vi.advanceTimersByTimeAsync(15_000);
  for (let beat = 0; beat < 5; beat++) {
    await silence();
    socket.say({ type: "pong", id: socket.last("ping").id });
  }
  await silence();
  expect(session.connection).toEqual({ state: "live" });
  await silence();
  await vi.advanceTimersByTimeAsync(7_500);
  expect(session.connection).toMatchObject({
    state: "reconnecting",
    error: { code: "CONNECTION_LOST" },
  });
  expect(socket.closed).toBe(true);
});

test("a connection without a welcome in time is given up", async () => {
  const { session, sockets } = fakeSession();
  await settled();
  sockets[0]!.onopen?.({});
  await vi.advanceTimersByTimeAsync(8_000);
  expect(sockets[0]!.closed).toBe(true);
  expect(session.connection).toMatchObject({ state: "connecting", retryInMs: 500 });
});

test("a malformed line breaks the connection, but not the client", async () => {
  const { session, socket } = await live();
  socket.onmessage?.({ data: "<html>" });
  await settled();
  expect(session.connection.state).toBe("reconnecting");
});

test("close() ends open commands and is final", async () => {
  const { session, sockets, socket } = await live();
  const said = expect(session.chat("hello")).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
  session.close();
  session.close();
  await said;
  expect(socket.closed).toBe(true);
  expect(session.connection).toMatchObject({ state: "closed", reason: "closed" });
  await expect(session.chat("hello")).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
});

test("a client that is closed at once never connects", async () => {
  const { session, sockets } = fakeSession();
  session.close();
  await settled();
  expect(sockets).toHaveLength(0);
  await expect(session.ready).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
});

test("a removed handler is not called, and a failing one does not affect others", async () => {
  const { session, socket, seen } = await live();
  const removed = vi.fn();
  session.on("event", removed)();
  const failed = new Promise((resolve) => process.once("uncaughtException", resolve));
  session.on("event", () => {
    throw new Error("a handler's mistake");
  });
  const after = vi.fn();
  session.on("event", after);
  socket.say(event(11));
  await expect(failed).resolves.toMatchObject({ message: "a handler's mistake" });
  expect(seen).toHaveLength(1);
  expect(after).toHaveBeenCalledOnce();
  expect(removed).not.toHaveBeenCalled();
});

test("joining needs a user id", () => {
  expect(() => fakeSession({ userId: "" })).toThrow(TypeError);
});
