import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ParleyError, type HistoryAnswer, type SessionClient } from "parley-client";

import { ann, Story, welcome } from "../core/fixtures.ts";
import { RoomStore } from "./store.ts";

let store: RoomStore;
let shown: number;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { hidden: true });
  store = new RoomStore();
  shown = 0;
  store.subscribe(() => shown++);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A session whose history is answered when the test says so. */
function client() {
  let tell!: (answer: HistoryAnswer) => void;
  const history = new Promise<HistoryAnswer>((resolve) => (tell = resolve));
  const session = { connection: { state: "live" }, history: () => history };
  return { tell, session: session as unknown as SessionClient };
}

const cursors = () => store.snapshot().room?.events.map((e) => e.cursor);

describe("the store of a room", () => {
  test("renders a burst of events once", async () => {
    const { events } = new Story().chat("one").chat("two").chat("three");
    store.handlers.welcome?.(welcome({ recent: events.slice(0, 1) }), client().session);
    for (const e of events.slice(1)) store.handlers.event?.(e as never, client().session);
    expect([cursors(), shown]).toEqual([["c1"], 1]);
    await vi.runAllTimersAsync();
    expect([cursors(), shown]).toEqual([["c1", "c2", "c3"], 2]);
  });

  test("loads participants who did not fit into the welcome, again after a reconnection", async () => {
    const people = Array.from({ length: 3 }, (_, n) => ({ ...ann, id: `p${n}`, userId: `p${n}` }));
    const asked: unknown[] = [];
    let broken = true;
    const participantsAfter = (after: string, limit: number) => {
      asked.push([after, limit]);
      if (broken && after === "p0")
        return Promise.reject(new ParleyError("JOURNAL_UNAVAILABLE", ""));
      const from = people.findIndex((p) => p.id === after) + 1;
      const page = people.slice(from, from + 1);
      return Promise.resolve({ participants: page, removed: [], more: from + 1 < people.length });
    };
    const session = { ...client().session, participantsAfter } as unknown as SessionClient;
    const ids = () => store.snapshot().room?.people.map((p) => p.id);
    const { events } = new Story().chat("one");
    store.handlers.welcome?.(welcome({ recent: events, peopleAfter: "ann" }), session);
    store.handlers.connection?.({ state: "live" }, session);
    await vi.runAllTimersAsync();
    expect([asked, ids()]).toEqual([
      [
        ["ann", 500],
        ["p0", 500],
      ],
      ["olga", "ann", "p0"],
    ]);
    broken = false;
    store.handlers.connection?.({ state: "live" }, session);
    await vi.runAllTimersAsync();
    expect([asked.length, ids()]).toEqual([4, ["olga", "ann", "p0", "p1", "p2"]]);
    store.handlers.connection?.({ state: "live" }, session);
    store.handlers.welcome?.(welcome({ recent: events }), session);
    await vi.runAllTimersAsync();
    expect(asked, "where nobody is missing it does not ask").toHaveLength(4);
  });

  test("renders a stream at most every third frame, and its first event at once", async () => {
    vi.stubGlobal("document", { hidden: false });
    vi.stubGlobal("requestAnimationFrame", (f: FrameRequestCallback) =>
      setTimeout(() => f(performance.now()), 16 - (performance.now() % 16)),
    );
    vi.stubGlobal("cancelAnimationFrame", clearTimeout);
    const { session } = client();
    const { events } = new Story().says("word ");
    store.handlers.welcome?.(welcome({ recent: new Story().chat("first").events }), session);
    shown = 0;
    store.handlers.event?.(events[0] as never, session);
    await vi.advanceTimersByTimeAsync(17);
    expect(shown).toBe(1);
    for (let ms = 0; ms < 1_000; ms += 2) {
      store.handlers.event?.(events[0] as never, session);
      await vi.advanceTimersByTimeAsync(2);
    }
    expect(shown).toBeGreaterThan(15);
    expect(shown).toBeLessThan(25);
    await vi.runAllTimersAsync();
    expect(store.snapshot().room?.events).toHaveLength(502);
  });

  test("shows the last events before the lost connection", () => {
    const { events } = new Story().chat("last words");
    const { session } = client();
    store.handlers.welcome?.(welcome({ recent: new Story().chat("first").events }), session);
    store.handlers.typing?.({ participantId: "olga", active: true }, session);
    store.handlers.event?.(events[0] as never, session);
    const error = new ParleyError("SESSION_CLOSED", "");
    store.handlers.connection?.({ state: "closed", reason: "ended", error }, session);
    expect(store.snapshot().room?.timeline.items).toHaveLength(2);
    expect(store.snapshot().room?.typing.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("reads older events from the archive when the client has ended", async () => {
    const { events } = new Story().chat("one").chat("two");
    const asked: unknown[] = [];
    const archive = (which: unknown) => {
      asked.push(which);
      return Promise.resolve({ events: events.slice(0, 1), more: false, gap: false });
    };
    const ended = { connection: { state: "closed" }, archive } as unknown as SessionClient;
    store.handlers.welcome?.(welcome({ recent: events.slice(1) }), ended);
    await store.older(ended);
    expect(asked).toEqual([{ before: "c2", limit: 500 }]);
    expect(cursors()).toEqual(["c1", "c2"]);
    expect(store.snapshot().room?.more).toBe(false);
  });

  test("starts anew after a gap, and ignores older events from before it", async () => {
    const { events } = new Story().chat("one").chat("two").chat("three");
    const [before, after] = [client(), client()];
    store.handlers.welcome?.(welcome(), before.session);
    store.handlers.event?.(events[0] as never, before.session);
    store.handlers.welcome?.(welcome({ resume: "gap" }), after.session);
    before.tell({ events: events.slice(0, 2), more: false, gap: false });
    await vi.runAllTimersAsync();
    expect(cursors()).toEqual([]);
    expect(store.snapshot().loadingOlder).toBe(true);
    after.tell({ events, more: false, gap: false });
    await vi.runAllTimersAsync();
    expect(cursors()).toEqual(["c1", "c2", "c3"]);
    expect(store.snapshot().loadingOlder).toBe(false);
  });

  test("keeps what the user reads further up, and leads from there to the newest events", async () => {
    const all = new Story();
    for (let i = 0; i < 9_000; i++) all.chat(`Number ${i}`);
    const { events } = all;
    const asked: unknown[] = [];
    const history = (which: { after: string; limit: number }) => {
      asked.push(which);
      const from = events.findIndex((e) => e.cursor === which.after) + 1;
      const page = events.slice(from, from + which.limit);
      return Promise.resolve({ events: page, more: true, gap: false });
    };
    const session = { connection: { state: "live" }, history } as unknown as SessionClient;
    const shown = () => {
      const { room } = store.snapshot();
      const { events } = room!.past ?? room!;
      return [events[0]?.cursor, events.at(-1)?.cursor];
    };
    const tell = (from: number, to: number) => {
      for (const e of events.slice(from, to)) store.handlers.event?.(e, session);
      return vi.runAllTimersAsync();
    };
    store.handlers.welcome?.(welcome({ recent: events.slice(0, 100) }), session);
    store.read(true);
    await tell(100, 8_001);
    await tell(8_001, 9_000);
    expect(shown()).toEqual(["c1", "c8001"]);

    await store.newer(session);
    expect(asked).toEqual([{ after: "c8001", limit: 500 }]);
    expect(store.snapshot().room?.past, "it has reached what is newest").toBeNull();
    expect(shown()[1]).toBe("c9000");
    await store.newer(session);
    expect(asked, "there is nothing newer").toHaveLength(1);
  });

  test("leaves the past at once on request", async () => {
    const all = new Story();
    for (let i = 0; i < 8_100; i++) all.chat(`Number ${i}`);
    const { session } = client();
    store.handlers.welcome?.(welcome({ recent: all.events.slice(0, 100) }), session);
    store.read(true);
    for (const e of all.events.slice(100)) store.handlers.event?.(e, session);
    await vi.runAllTimersAsync();
    expect(store.snapshot().room?.past?.events).toHaveLength(8_100);
    store.toNewest();
    expect(store.snapshot().room?.past).toBeNull();
    expect(store.snapshot().room?.events).toHaveLength(6_000);
    expect(store.snapshot().room?.events.at(-1)?.cursor).toBe("c8100");
  });
});
