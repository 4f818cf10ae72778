import { describe, expect, onTestFinished, test, vi } from "vitest";
import { eventNumber } from "../src/cursor.js";
import { followQueue, formatLink, parseLink } from "../src/index.js";
import type { SessionEvent } from "../src/protocol.gen.js";
import { browserSlots } from "../src/slots.js";
import { EventReader } from "../src/sse.js";
import { cursor } from "./fake/socket.js";

describe("a link", () => {
  const session = "1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11";
  test.each([
    [`https://host/s/${session}#i=INVITE`, { server: "https://host", invite: "INVITE" }],
    [
      ` http://host:1/a/s/b/s/${session}/#p=ID:a:b `,
      { server: "http://host:1/a/s/b", participant: { id: "ID", token: "a:b" } },
    ],
    [
      `https://host/s/${session}#i=INVITE&c=${"x".repeat(43)}`,
      { server: "https://host", invite: "INVITE", certificate: "x".repeat(43) },
    ],
    [
      `https://host/s/${session}#p=ID:T&c=${"x".repeat(43)}`,
      {
        server: "https://host",
        participant: { id: "ID", token: "T" },
        certificate: "x".repeat(43),
      },
    ],
  ])("is read: %s", (text, want) => {
    expect(parseLink(text)).toEqual({ session, ...want });
    expect(parseLink(formatLink(parseLink(text)))).toEqual(parseLink(text));
  });

  test.each([
    "",
    "hello",
    `https://host/s/${session}`,
    `https://host/s/${session}#i=`,
    `https://host/s/${session}#p=ID`,
    `https://host/s/${session}#p=:SECRET`,
    `https://host/s/other#i=SECRET`,
    `https://host/${session}#i=SECRET`,
    `https://user:SECRET@host/s/${session}#i=SECRET`,
    `javascript:alert(1)//s/${session}#i=SECRET`,
    `ftp://host/s/${session}#i=SECRET`,
    `https://host/s/${session}#i=SECRET&c=short`,
    `https://host/s/${session}#i=SECRET&c=`,
  ])("that is none is refused without showing the secret: %s", (text) => {
    expect(() => parseLink(text)).toThrow(TypeError);
    expect(() => parseLink(text)).not.toThrow(/SECRET/);
  });
});

describe("a cursor", () => {
  test.each([0, 1, 255, 65_536, 4_294_967_296, Number.MAX_SAFE_INTEGER])("has number %d", (n) => {
    expect(eventNumber(cursor(n))).toBe(n);
  });

  test.each(["", "A", "AAAAAAAAAA", "!AAAAAAAAAAAAA"])(
    "that is malformed has no number: %s",
    (text) => {
      expect(eventNumber(text)).toBeNaN();
    },
  );
});

describe("an event stream", () => {
  const stream =
    ': hi\r\n\r\nid: 1\r\ndata: {"a":1}\r\n\r\ndata:x\ndata: y\n\nevent: z\rdata: é\r\rdata: cut';
  const want = ['{"a":1}', "x\ny", "é"];

  test("is read completely", () => {
    expect(new EventReader().push(stream)).toEqual(want);
  });

  test("is read in pieces of any size", () => {
    for (let cut = 0; cut < stream.length; cut++) {
      const reader = new EventReader();
      const parts = [stream.slice(0, cut), stream.slice(cut)];
      expect(parts.flatMap((part) => reader.push(part))).toEqual(want);
    }
  });
});

describe("the slots for streams that tabs of a browser share", () => {
  const server = "https://parley.test";
  /** Sets up a page of that origin in a browser with those locks. */
  function page(locks: object | undefined, protocol = "http/1.1") {
    vi.stubGlobal("document", {});
    vi.stubGlobal("origin", server);
    vi.stubGlobal("navigator", { locks });
    const entries = [{ nextHopProtocol: protocol }] as unknown as PerformanceEntryList;
    vi.spyOn(performance, "getEntriesByType").mockReturnValue(entries);
    onTestFinished(() => {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    });
  }
  /** Locks as a browser implements them. */
  function lockManager() {
    const held = new Set<string>();
    return {
      held,
      request: async (name: string, _: object, taken: (lock: object | null) => unknown) => {
        if (held.has(name)) return taken(null);
        held.add(name);
        await taken({ name });
        held.delete(name);
      },
    };
  }

  test("are three per server, and can be given back", async () => {
    const locks = lockManager();
    page(locks);
    const given = [1, 2, 3].map(() => browserSlots(server));
    for (const slot of given) expect(await slot).toBeDefined();
    expect(await browserSlots(server)).toBeUndefined();
    expect(await browserSlots("https://elsewhere.test"), "has its own").toBeDefined();
    (await given[1])!();
    await new Promise((resolve) => setTimeout(resolve));
    expect(await browserSlots(server)).toBeDefined();
    expect(await browserSlots(server)).toBeUndefined();
  });

  test("are none if the page has no locks, or may not use them", async () => {
    page(undefined);
    expect(await browserSlots(server)).toBeUndefined();
    page({ request: () => Promise.reject(new DOMException("", "SecurityError")) });
    expect(await browserSlots(server)).toBeUndefined();
  });

  test("are unlimited over HTTP/2 to the page's own server, and in programs", async () => {
    page(undefined, "h2");
    expect(await browserSlots(server)).toBeDefined();
    expect(await browserSlots("https://elsewhere.test")).toBeUndefined();
    vi.unstubAllGlobals();
    expect(await browserSlots(server)).toBeDefined();
  });
});

test("the queue follows the events, and keeps a prompt's place", () => {
  const event = (type: string, payload: object) => ({ type, payload }) as unknown as SessionEvent;
  const after = (...events: SessionEvent[]) =>
    events.reduce(followQueue, [
      { approvalId: "a", ahead: 1 },
      { approvalId: "b", ahead: 2 },
    ]);
  const ids = (...events: SessionEvent[]) => after(...events).map((q) => q.approvalId);
  expect(ids(event("prompt_queued", { approvalId: "c", ahead: 3 }))).toEqual(["a", "b", "c"]);
  expect(after(event("prompt_queued", { approvalId: "a", ahead: 0 }))[0]!.ahead).toBe(0);
  expect(ids(event("prompt_dispatch_started", { approvalId: "a" }))).toEqual(["b"]);
  expect(ids(event("prompt_dispatch_failed", { approvalId: "b" }))).toEqual(["a"]);
  expect(ids(event("queue_changed", { queue: [{ approvalId: "b", ahead: 0 }] }))).toEqual(["b"]);
  expect(ids(event("session_closed", { status: "closed" }))).toEqual([]);
  expect(ids(event("message_created", {}))).toEqual(["a", "b"]);
});
