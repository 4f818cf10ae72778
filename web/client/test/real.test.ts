import { beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseLink, type Signal, type Signals } from "../src/index.js";
import { EventLog, following, join, until, ways } from "./server/people.js";
import { Proxy } from "./server/proxy.js";
import { Server, type Shared } from "./server/server.js";

let server: Server;
let shared: Shared;

beforeEach(async () => {
  server = await Server.start();
  shared = await server.share();
});

/** Returns the link by way of the proxy. */
function through(proxy: Proxy, link: string): string {
  return link.replace(parseLink(link).server, proxy.url);
}

describe.each(ways)("over $way", ({ how, state }) => {
  test("everyone knows the facts of the agent, and their changes", async () => {
    const host = join(shared.host, how);
    const heard = new EventLog(host);
    await host.ready;
    await host.setMode("prompt_direct");
    await host.prompt("mode");
    const changed = await heard.next("agent_updated", (e) => e.payload.usage !== undefined);
    expect(changed.payload.usage).toMatchObject({ size: 200_000, cost: { currency: "USD" } });

    const ann = join(shared.invite, { ...how, displayName: "Ann" });
    const { agent } = await ann.ready;
    expect(agent).toMatchObject({
      info: { title: "Demo agent" },
      sessionTitle: "mode",
      usage: changed.payload.usage,
    });
    expect(agent.availableCommands?.map((c) => c.name)).toContain("help");
    const mode = agent.configOptions?.find((o) => o.category === "mode");
    expect(mode?.options.find((v) => v.value === mode.currentValue)?.asksNobody).toBe(true);
  });

  test("a welcome cuts a long prompt and marks it, and the whole can be requested", async () => {
    const ann = join(shared.invite, { WebSocket });
    await ann.ready;
    const text = "word ".repeat(2_000).trim();
    const { id } = await ann.prompt(text);
    const host = join(shared.host, { WebSocket });
    const [waits] = (await host.ready).approvals;
    expect(waits).toMatchObject({ id, truncated: true, wholeBytes: text.length });
    expect(text.startsWith(waits!.prompt) && waits!.prompt.length < text.length).toBe(true);
    const whole = await host.wholeApproval(id);
    expect([whole.prompt, whole.truncated]).toEqual([text, undefined]);
    await expect(host.wholePermission("none")).rejects.toMatchObject({
      code: "PERMISSION_NOT_FOUND",
    });
  });

  test("a file is uploaded, named in a prompt and read by the others", async () => {
    const host = join(shared.host, how);
    const ann = join(shared.invite, { ...how, displayName: "Ann" });
    await Promise.all([host.ready, ann.ready]);
    const file = new File(["# Note"], "notes & more.md", { type: "text/markdown" });
    const attachment = await ann.upload(file);
    expect(attachment).toMatchObject({ name: file.name, mimeType: "text/markdown", size: 6 });
    const { id = "" } = attachment;
    const content = [{ type: "attachment" as const, id }];
    expect((await ann.prompt("", { content })).content).toEqual([attachment]);
    expect((await ann.chat("see", { content })).content).toEqual([attachment]);
    expect(await (await host.download(id)).text()).toBe("# Note");
    await expect(host.download("none")).rejects.toMatchObject({ code: "ATTACHMENT_NOT_FOUND" });
    await expect(ann.upload(new Blob([new Uint8Array(10 * 2 ** 20 + 1)]))).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
  });

  test("people talk, and the host decides who may do what", async () => {
    const host = join(shared.host, how);
    const ann = join(shared.invite, { ...how, displayName: "Ann", recent: 10 });
    const heard = new EventLog(ann);
    const { participant, recent } = await ann.ready;
    expect(ann.connection).toEqual({ state });
    expect(participant.displayName).toBe("Ann");
    expect(recent?.map((event) => event.type)).toContain("shared_session_created");

    const message = await ann.chat("hello <b>\u2028");
    const reply = await host.chat("hello", { replyTo: message.id });
    expect(reply.replyTo).toBe(message.id);
    await heard.next("message_created", (e) => e.payload.message.id === reply.id);
    await ann.typing(true);
    await ann.ping();
    for (const size of [300_000, 1_100_000]) {
      const large = ann.prompt("x".repeat(size));
      await expect(large).rejects.toMatchObject({ code: "TOO_LARGE" });
    }
    await expect(ann.setMode("view_only")).rejects.toMatchObject({
      name: "ParleyError",
      code: "HOST_REQUIRED",
      retryable: false,
    });
    expect((await host.setMode("prompt_direct")).mode).toBe("prompt_direct");
    expect((await host.setRole(participant.id, "viewer")).role).toBe("viewer");
    await expect(ann.chat("may I?")).rejects.toMatchObject({ code: "COMMENT_NOT_ALLOWED" });
    const history = await ann.history({ limit: 2 });
    expect(history.events).toHaveLength(2);
    expect(history.more).toBe(true);

    const removal = await host.remove(participant.id, { reason: "spam" });
    await until(ann, "closed");
    expect(ann.connection).toMatchObject({
      reason: "removed",
      error: { code: "PARTICIPANT_REMOVED" },
    });
    const { error } = ann.connection as { error: Error };
    expect(error.message).toContain("spam");
    for (const link of [shared.invite, removal.invite!]) {
      if (link === removal.invite) await host.rotateInvite();
      const late = join(link, { ...how, userId: "bob" });
      await expect(late.ready).rejects.toMatchObject({ code: "INVALID_INVITE_TOKEN" });
      expect(late.connection).toMatchObject({ state: "closed", reason: "refused" });
    }
    const invite = await host.rotateInvite();
    const bob = join(invite, { ...how, userId: "bob" });
    const states: string[] = [];
    bob.on("connection", ({ state }) => states.push(state));
    await bob.ready;
    await bob.leave();
    expect(bob.connection).toMatchObject({ reason: "left" });
    expect(states).toEqual([state, "closed"]);
    await host.stopAgent();
    await host.closeSession();
    await until(host, "closed");
    expect(host.connection).toMatchObject({ reason: "ended" });
    await expect(host.chat("anybody?")).rejects.toMatchObject({ code: "SESSION_INACTIVE" });
  });

  test("the files of the agent and their changes are read and marked as reviewed", async () => {
    const demo = await server.share(server.url, "demo"); // it has a directory of its own
    const host = join(demo.host, how);
    const heard = new EventLog(host);
    const ann = join(demo.invite, how);
    await Promise.all([host.ready, ann.ready]);
    const { files: found } = await ann.files("total");
    expect(found.map((f) => f.path)).toEqual(["basket/total.go"]);
    const { files, reason } = await ann.changes({ scope: "uncommitted" });
    expect(reason).toBeUndefined();
    const file = files.find((f) => f.path === "basket/total.go")!;
    expect(file).toMatchObject({ status: "added", deletions: 0 });
    await ann.reviewFile(file.path, file.version, true);
    await heard.next("file_reviewed", (e) => e.payload.path === file.path);
    const one = await host.changes({ scope: "uncommitted", path: file.path });
    expect(one.marks).toMatchObject([{ path: file.path, version: file.version }]);
    await host.reviewFile(file.path, file.version, false);
    await expect(ann.changes({ scope: "turn" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  test("participants can read a closed session", async () => {
    const host = join(shared.host, how);
    const ann = join(shared.invite, how);
    await ann.chat("hello");
    await ann.leave();
    await host.closeSession();
    await until(host, "closed");

    const first = await ann.archive({ limit: 2 });
    expect(first.more).toBe(true);
    const rest = await ann.archive({ cursor: first.cursor });
    const events = [...first.events, ...rest.events];
    expect(events.at(0)?.type).toBe("shared_session_created");
    expect(events.at(-1)?.type).toBe("session_closed");
    const before = await host.archive({ before: events.at(-1)!.cursor, limit: 1 });
    expect(before.events).toEqual([events.at(-2)]);

    await expect(join(ann.link!, how).ready).rejects.toMatchObject({
      code: "SESSION_INACTIVE",
    });
    const reader = join(ann.link!, { ...how, readOnly: true });
    const welcome = await reader.ready;
    expect(welcome).toMatchObject({ readOnly: true, session: { status: "closed" } });
    expect(reader.connection).toEqual({ state });
    const page = await reader.history({ limit: 500 });
    expect(page.events).toEqual(events);
    await expect(reader.chat("anybody?")).rejects.toMatchObject({
      code: state === "live" ? "READ_ONLY" : "SESSION_INACTIVE",
    });
    const stranger = join(ann.link!.replace(/.$/, "x"), { ...how, readOnly: true });
    await expect(stranger.ready).rejects.toMatchObject({ code: "INVALID_PARTICIPANT_TOKEN" });
    await expect(stranger.archive()).rejects.toMatchObject({ code: "INVALID_PARTICIPANT_TOKEN" });
  });

  test("a turn is received completely over a network that keeps breaking", async () => {
    const proxy = await Proxy.start(server.port);
    const host = join(shared.host);
    host.on("event", (e) => {
      if (e.type === "prompt_pending_approval") void host.approve(e.payload.approval.id);
      if (e.type === "permission_requested")
        void host.answerPermission(e.payload.requestId, "allow");
    });
    const ann = join(through(proxy, shared.invite), how);
    const heard = new EventLog(ann);
    ann.on("event", () => {
      if (heard.events.length % 10 === 5) proxy.cut();
    });
    await ann.ready;
    await ann.prompt("fix the failing test");
    await heard.next("prompt_dispatch_completed");
    expect(heard.numbers).toEqual(following(heard.numbers[0]!, heard.events.length));
    const updates = heard.events.filter((e) => e.type === "host_session_update");
    expect(updates.length).toBeGreaterThan(10);
    expect(proxy.broken).toBeGreaterThan(2);
  });

  test.each(["before it was done", "after it was done"])(
    "a command whose connection broke %s is done once",
    async (when) => {
      const proxy = await Proxy.start(server.port);
      const host = new EventLog(join(shared.host));
      const ann = join(through(proxy, shared.invite), how);
      const heard = new EventLog(ann);
      await ann.ready;
      proxy.cutNext(when.startsWith("before") ? "before" : "after");
      const message = await ann.chat("once");
      await ann.chat("twice");
      await host.next("message_created", (e) => e.payload.message.text === "twice");
      await heard.next("message_created", (e) => e.payload.message.text === "twice");
      expect(host.texts).toEqual(["once", "twice"]);
      expect(heard.texts).toEqual(["once", "twice"]);
      expect(proxy.broken).toBeGreaterThan(0);
      const said = host.events.find((e) => e.type === "message_created");
      expect(said).toMatchObject({ payload: { message: { id: message.id } } });
    },
  );

  test("a signal reveals a dead connection, and nothing is lost or doubled", async () => {
    const proxy = await Proxy.start(server.port);
    let signal: (signal: Signal) => void = () => {};
    const signals: Signals = (listener) => ((signal = listener), () => {});
    const ann = join(through(proxy, shared.invite), { ...how, signals });
    const heard = new EventLog(ann);
    await ann.ready;
    await ann.chat("before");
    proxy.forget();
    const host = join(shared.host);
    await host.chat("missed");
    const own = ann.chat("unsent");
    signal("back");
    await heard.next("message_created", (e) => e.payload.message.text === "missed");
    await own;
    await heard.next("message_created", (e) => e.payload.message.text === "unsent");
    expect([...heard.texts].sort()).toEqual(["before", "missed", "unsent"]);
    expect(heard.numbers).toEqual(following(heard.numbers[0]!, heard.events.length));
  });

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "a server that is restarted by %s is found again, and nothing is doubled",
    async (signal) => {
      const ann = join(shared.invite, how);
      const heard = new EventLog(ann);
      await ann.ready;
      const texts = Array.from({ length: 30 }, (_, i) => `message ${i}`);
      const restarted = ann.chat("first").then(() => server.restart(signal));
      const said = Promise.all(texts.map((text) => ann.chat(text)));
      await restarted;
      await said;
      await ann.chat("last");
      await heard.next("message_created", (e) => e.payload.message.text === "last");
      expect(heard.texts).toEqual(["first", ...texts, "last"]);
      expect(heard.numbers).toEqual(following(heard.numbers[0]!, heard.events.length));
      await until(ann, state); // over plain HTTP at first, if the proxy started between two attempts
    },
  );

  test("after a server is killed in mid-turn, everyone learns how the turn ended", async () => {
    const host = join(shared.host, how);
    const ann = join(shared.invite, how);
    const ears = [new EventLog(host), new EventLog(ann)];
    await ann.ready;
    host.on("event", (e) => {
      if (e.type === "prompt_pending_approval") void host.approve(e.payload.approval.id);
    });
    await ann.prompt("fix the failing test");
    await ears[1]!.next("host_session_update");
    await server.restart("SIGKILL");
    for (const ear of ears) {
      await ear.next("prompt_dispatch_failed");
      expect(ear.numbers).toEqual(following(ear.numbers[0]!, ear.events.length));
    }
  });

  test("a participant returns by the own link, after the last seen event", async () => {
    const first = join(shared.invite, how);
    await first.ready;
    await first.chat("seen");
    await expect.poll(() => first.cursor).not.toBe((await first.ready).cursor);
    first.close();
    const host = join(shared.host);
    await host.chat("missed");
    const again = join(first.link!, { ...how, cursor: first.cursor! });
    const heard = new EventLog(again);
    expect(await again.ready).toMatchObject({ resume: "ok" });
    await heard.next("message_created");
    expect(heard.texts).toEqual(["missed"]);
  });

  test("a cursor of another journal is answered with a gap and a fresh start", async () => {
    const cursor = "AAAAAAAAAAlWIYRPG2ChRbeDdBM";
    const host = join(shared.host, { ...how, cursor });
    const heard = new EventLog(host);
    expect(await host.ready).toMatchObject({ resume: "gap", session: { status: "active" } });
    await host.chat("hello");
    await heard.next("message_created");
  });
});

test("plain HTTP replaces a refused WebSocket until that works again", async () => {
  const proxy = await Proxy.start(server.port);
  proxy.refuseWebSocket = true;
  const ann = join(through(proxy, shared.invite), { WebSocket });
  const heard = new EventLog(ann);
  const states: string[] = [];
  ann.on("connection", ({ state }) => states.push(state));
  await ann.ready;
  expect(ann.connection).toEqual({ state: "fallback" });
  await ann.chat("by request");
  proxy.refuseWebSocket = false;
  await until(ann, "live");
  await ann.chat("by socket");
  await heard.next("message_created", (e) => e.payload.message.text === "by socket");
  expect(states, "nothing is lost when it comes back").toEqual(["fallback", "live"]);

  proxy.refuseWebSocket = true;
  proxy.cut();
  await until(ann, "fallback");
  await ann.chat("by request again");
  await heard.next("message_created", (e) => e.payload.message.text === "by request again");
  expect(heard.texts).toEqual(["by request", "by socket", "by request again"]);
  expect(heard.numbers).toEqual(following(heard.numbers[0]!, heard.events.length));
  expect(proxy.webSockets).toBe(1);
});

test("behind a proxy that buffers streams, the client polls", async () => {
  const proxy = await Proxy.start(server.port);
  proxy.holdStreams = true;
  const ann = join(through(proxy, shared.invite), { WebSocket: null });
  const heard = new EventLog(ann);
  await ann.chat("through a proxy");
  await heard.next("message_created", (e) => e.payload.message.text === "through a proxy");
  proxy.cut();
  await ann.chat("and again");
  await heard.next("message_created", (e) => e.payload.message.text === "and again");
  expect(heard.numbers).toEqual(following(heard.numbers[0]!, heard.events.length));
});

test("a client without a slot changes to a stream as soon as a slot is free, without losing events", async () => {
  let free = 0;
  const given: string[] = [];
  const streamSlots = async (server: string) => {
    if (free === 0) return undefined;
    free--;
    given.push(server);
    return () => void free++;
  };
  let paths: string[] = [];
  const counted: typeof fetch = (...args) => {
    paths.push(String(args[0]).replace(/.*\//, "").replace(/\?.*/, ""));
    return fetch(...args);
  };
  const ann = join(shared.invite, { WebSocket: null, streamSlots, fetch: counted });
  const heard = new EventLog(ann);
  await ann.ready;
  await ann.chat("by asking");
  await heard.next("message_created");
  expect(paths).not.toContain("stream");
  free = 1;
  await expect.poll(() => paths).toContain("stream");
  expect(given).toEqual([parseLink(shared.invite).server]);
  await ann.chat("by a stream");
  await heard.next("message_created", (e) => e.payload.message.text === "by a stream");
  paths = [];
  await ann.chat("still");
  await heard.next("message_created", (e) => e.payload.message.text === "still");
  expect(paths).toEqual(["commands"]);
  expect(heard.numbers).toEqual(following(heard.numbers[0]!, heard.events.length));
  expect(ann.connection).toEqual({ state: "fallback" });
  ann.close();
  await expect.poll(() => free).toBe(1); // given back
});

test("a second join under the same user id is refused, unless it has the token", async () => {
  const strict = join(shared.invite.replace(/i=.*/, "i=WRONG"));
  await expect(strict.ready).rejects.toMatchObject({ code: "INVALID_INVITE_TOKEN" });
  const first = join(shared.invite);
  const { participant } = await first.ready;
  const again = join(shared.invite, { participantToken: participant.accessToken! });
  expect((await again.ready).participant.id).toBe(participant.id);
});

test("a missing session is reported as not found", async () => {
  const session = "00000000-0000-4000-8000-000000000000";
  const lost = join(shared.invite.replace(parseLink(shared.invite).session, session));
  await expect(lost.ready).rejects.toMatchObject({ code: "SESSION_NOT_FOUND" });
  expect(lost.connection).toMatchObject({ reason: "not_found" });
});
