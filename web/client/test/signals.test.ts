// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Options, Signal } from "../src/index.js";
import { browserSignals } from "../src/signals.js";
import { cursor, event, fakeSession, settled } from "./fake/socket.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Returns a welcomed session, and a function that sends signals of its network. */
async function live(options: Options = {}) {
  let signal: (signal: Signal) => void = () => {};
  let listening = false;
  const fake = fakeSession({
    signals: (listener) => {
      [signal, listening] = [listener, true];
      return () => (listening = false);
    },
    ...options,
  });
  await settled();
  await fake.sockets[0]!.welcome({ cursor: cursor(10), resume: "new" });
  const tell = async (s: Signal) => (signal(s), settled());
  return { ...fake, socket: fake.sockets[0]!, tell, listening: () => listening };
}

describe.each(["offline", "back"] as const)("a page with the signal %s", (told) => {
  test("drops a connection that does not answer within 3 s, and resumes at once", async () => {
    const { session, sockets, socket, tell } = await live();
    const said = session.chat("hello");
    await settled();
    const { id } = socket.last("chat");
    await tell(told);
    socket.last("ping");
    await vi.advanceTimersByTimeAsync(2_999);
    expect(session.connection.state).toBe("live");
    await vi.advanceTimersByTimeAsync(1);
    expect(session.connection.state).toBe("reconnecting");
    expect(socket.closed).toBe(true);
    await sockets[1]!.welcome({ resume: "ok" });
    expect(sockets[1]!.sent[0]).toMatchObject({ type: "resume", payload: { cursor: cursor(10) } });
    expect(sockets[1]!.last("chat").id).toBe(id);
    sockets[1]!.say({ type: "ok", id, payload: { message: { id: "M1" } } });
    expect(await said).toEqual({ id: "M1" });
  });

  test("keeps a connection that answers", async () => {
    const { session, sockets, socket, tell } = await live();
    await tell(told);
    socket.say({ type: "pong", id: socket.last("ping").id });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.connection).toEqual({ state: "live" });
    expect(sockets).toHaveLength(1);
  });
});

test("data that was on its way does not end the doubt, but extends the deadline", async () => {
  const { session, socket, tell } = await live();
  await tell("back");
  await vi.advanceTimersByTimeAsync(2_000);
  socket.say(event(11));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(session.connection.state).toBe("live");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(session.connection.state).toBe("reconnecting");
});

test("many signals at once cause one ping", async () => {
  const { socket, tell } = await live();
  for (let i = 0; i < 50; i++) await tell(i % 2 ? "back" : "offline");
  expect(socket.sent.filter((c) => c.type === "ping")).toHaveLength(1);
});

test("a hanging attempt is given up 3 s after the network is back, and the next one starts", async () => {
  const { session, sockets, socket, tell } = await live();
  await socket.breakWith(1006);
  await vi.advanceTimersByTimeAsync(500);
  expect(sockets).toHaveLength(2);
  await tell("back");
  await vi.advanceTimersByTimeAsync(3_000);
  expect(sockets[1]!.closed).toBe(true);
  session.retryNow();
  await settled();
  await sockets[2]!.welcome({ resume: "ok" });
  expect(session.connection.state).toBe("live");
});

test("a network that is back ends the wait for the next attempt", async () => {
  const { session, sockets, socket, tell } = await live();
  await socket.breakWith(4001);
  expect(session.connection).toMatchObject({ state: "reconnecting", retryInMs: 500 });
  await tell("offline");
  expect(sockets).toHaveLength(1);
  await tell("back");
  expect(sockets).toHaveLength(2);
});

test("a client that has ended removes its listeners", async () => {
  const { session, listening } = await live();
  expect(listening()).toBe(true);
  session.close();
  await settled();
  expect(listening()).toBe(false);
});

test("the browser's events are the signals, except for a page that becomes hidden", () => {
  const heard: Signal[] = [];
  const stop = browserSignals((s) => heard.push(s));
  window.dispatchEvent(new Event("offline"));
  window.dispatchEvent(new Event("online"));
  window.dispatchEvent(new Event("pageshow"));
  const visibility = vi.spyOn(document, "visibilityState", "get");
  visibility.mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(heard).toEqual(["offline", "back", "back"]);
  visibility.mockReturnValue("visible");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(heard).toEqual(["offline", "back", "back", "back"]);
  stop();
  window.dispatchEvent(new Event("offline"));
  document.dispatchEvent(new Event("visibilitychange"));
  expect(heard).toHaveLength(4);
});
