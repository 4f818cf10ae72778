import type { HostSession } from "parley-client";
import { describe, expect, it, test } from "vitest";

import { chooseSessions, entriesOf } from "../start/choose.ts";
import { readAnsi } from "./ansi.ts";
import { compare } from "./diff.ts";
import { onlyFence } from "./fence.ts";
import { ann, olga, session, Story } from "./fixtures.ts";
import { duration, initials, relativeTime, shorten, shortPath } from "./format.ts";
import { isFollowUp } from "./items.ts";
import { isSafeLink } from "./links.ts";
import { newUserId } from "./memory.ts";
import { isLoopback, placeOf, rootOf } from "./place.ts";
import { reasonIn, stateFor } from "./states.ts";
import { apply, emptyTimeline } from "./timeline.ts";
import { firstUnread, unreadCount } from "./unread.ts";

test("a message follows up on the author's message of the same minute", () => {
  const story = new Story().chat("one").chat("two").chat("three", olga).chat("four");
  const rows = apply(emptyTimeline, story.events).items;
  const later = rows.map((row) => ({ ...row, at: row.at + 60_000 }));
  expect(rows.map((row, i) => isFollowUp(rows[i - 1], row))).toEqual([false, true, false, false]);
  expect(isFollowUp(rows[0], later[1]!)).toBe(false);
});

describe("links", () => {
  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    " javascript:x",
    "//evil.example",
    "/s/x",
    undefined,
  ])("that could run a script are not links: %s", (href) => expect(isSafeLink(href)).toBe(false));

  it("to pages and mailboxes are links", () => {
    expect(
      ["https://a.example", "HTTP://a.example", "mailto:a@example.com"].every(isSafeLink),
    ).toBe(true);
  });
});

describe("terminal output", () => {
  it("has colours, but no escape sequences", () => {
    expect(
      readAnsi("\x1b[1;31mbad\x1b[0m ok\x1b[38;5;200m pink\x1b[2K\x1b]0;title\x07!").runs,
    ).toEqual([
      { text: "bad", bold: true, dim: false, color: 1 },
      { text: " ok", bold: false, dim: false, color: null },
      { text: " pink", bold: false, dim: false, color: null },
      { text: "!", bold: false, dim: false, color: null },
    ]);
  });

  it("shows the last state of a progress bar", () => {
    expect(
      readAnsi("10%\r50%\r100%\r\ndone")
        .runs.map((r) => r.text)
        .join(""),
    ).toBe("100%\ndone");
  });

  it("continues in the last colour", () => {
    const { style } = readAnsi("\x1b[32mgreen");
    expect(readAnsi("still", style).runs).toEqual([
      { text: "still", bold: false, dim: false, color: 2 },
    ]);
  });
});

describe("a diff", () => {
  it("numbers its lines, and counts the ones it leaves out", () => {
    const old = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`).join("");
    const diff = compare(old, old.replace("line 10\n", "line ten\n"));
    expect(diff).toMatchObject({ added: 1, removed: 1 });
    expect(diff?.lines[0]).toMatchObject({ kind: "skip", count: 6 });
    expect(diff?.lines.at(-1)).toMatchObject({ kind: "skip", count: 7 });
    expect(diff?.lines.find((l) => l.kind === "added")).toMatchObject({
      after: 10,
      text: "line ten",
    });
  });

  it("of a new file has only additions", () => {
    expect(compare(null, "a\nb\n")).toMatchObject({ added: 2, removed: 0 });
  });

  it("of equal texts is empty, and of huge texts is null", () => {
    expect(compare("a\n", "a\n")?.lines).toEqual([]);
    expect(compare("x".repeat(600_000), "y".repeat(600_000))).toBeNull();
  });
});

test("a text is recognised as a single code fence", () => {
  expect(onlyFence("```console\n$ ls\na\n```")).toEqual({ language: "console", code: "$ ls\na" });
  expect(onlyFence("````\n```\n````")).toEqual({ language: "", code: "```" });
  expect(onlyFence("```\na\n```\nand\n```\nb\n```")).toBeNull();
  expect(onlyFence("text")).toBeNull();
});

describe("an address", () => {
  it("is on this machine if the host is its own", () => {
    for (const host of ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
      expect(isLoopback(host), host).toBe(true);
    for (const host of ["example.com", "localhost.example", "10.0.0.1", "1127.0.0.1", "[::2]"])
      expect(isLoopback(host), host).toBe(false);
  });

  it("leads to the start page or into a session", () => {
    expect(placeOf("/", "")).toEqual({ page: "start" });
    expect(placeOf("/s/abc", "#i=inv")).toEqual({ page: "session", session: "abc", invite: "inv" });
    expect(placeOf("/s/abc/", "#p=p1:to:ken")).toEqual({
      page: "session",
      session: "abc",
      participant: { id: "p1", token: "to:ken" },
    });
    expect(placeOf("/s/abc", "#x=1")).toEqual({ page: "session", session: "abc" });
  });
  it("tells where the server is, even below a path", () => {
    for (const root of ["", "/parley", "/tools/parley"]) {
      expect(rootOf(`${root}/`)).toBe(root);
      expect(rootOf(`${root}/s/abc`)).toBe(root);
      expect(rootOf(`${root}/s/abc/`)).toBe(root);
      expect(placeOf(`${root}/s/abc`, "#i=inv")).toMatchObject({ session: "abc" });
      expect(placeOf(`${root}/`, "")).toEqual({ page: "start" });
    }
  });
});

test("each reason for not being in a session has its page", () => {
  expect(stateFor("refused", "INVALID_INVITE_TOKEN")).toBe("wrongInvite");
  expect(stateFor("removed", "PARTICIPANT_REMOVED")).toBe("removed");
  expect(stateFor("ended", "SESSION_INACTIVE")).toBe("ended");
  expect(stateFor("not_found", "SESSION_NOT_FOUND")).toBe("notFound");
  expect(stateFor("refused", "USER_ALREADY_JOINED")).toBe("taken");
  expect(stateFor("refused", "SOMETHING_NEW")).toBe("failed");
});

test("the reason of a removal is found in the server's message", () => {
  expect(reasonIn("the host has removed you: spam: twice")).toBe("spam: twice");
  expect(reasonIn("the host has removed you")).toBe("");
});

describe("unread", () => {
  const { items } = apply(
    emptyTimeline,
    new Story().chat("a").chat("b", ann, "m2").add("participant_joined", { participant: ann })
      .events,
  );

  it("starts after the last seen row", () => {
    expect(firstUnread(items, items[0]!.key, "olga")).toBe(1);
    expect(unreadCount(items, items[0]!.key, "olga")).toBe(1);
  });

  it("does not count the user's own rows, nor joins and leaves", () => {
    expect(firstUnread(items, items[0]!.key, "ann")).toBe(-1);
    expect(firstUnread(items, items[1]!.key, "olga")).toBe(-1);
  });

  it("is nothing on a first visit", () => {
    expect(firstUnread(items, null, "olga")).toBe(-1);
  });
});

test("times, names and paths are shortened", () => {
  expect([duration(120), duration(8_400), duration(75_000), duration(3_900_000)]).toEqual([
    "0.1 s",
    "8 s",
    "1 min 15 s",
    "1 h 5 min",
  ]);
  expect([initials("Ada Lovelace"), initials("ben"), initials("漢字"), initials(" ")]).toEqual([
    "AL",
    "B",
    "漢",
    "?",
  ]);
  expect(shortPath("/home/ada/project/a/b.go")).toBe("…/a/b.go");
  expect(["b.go", "/demo/basket/total.go"].map(shortPath)).toEqual([
    "b.go",
    "/demo/basket/total.go",
  ]);
  expect(relativeTime(0, 7_200_000)).toBe("2 hours ago");
});

test("user ids of the same name differ, and are plain ASCII", () => {
  expect(newUserId("Zoë Ünal")).toMatch(/^zoe-unal-[0-9a-f]{10}$/);
  expect(newUserId("漢字")).toMatch(/^guest-/);
  expect(newUserId("a")).not.toBe(newUserId("a"));
});

describe("sessions", () => {
  const open = { ...session, id: "1", hostUserId: "olga-von-c-0123456789", hostSessionId: "h1" };
  const closed = { ...session, id: "2", hostUserId: "ben", status: "closed" as const };
  const known = (id: string) =>
    id === "2" ? { at: 0, title: "Basket", participant: { id: "p", token: "t" } } : null;
  const agent = { id: "h1", agent: "opencode", title: "", facts: {} } as HostSession;
  const entries = entriesOf([open, { ...closed, hostSessionId: "h2" }], [agent], known);
  const find = (...rest: [filter: "active" | "mine" | "all", words: string]) =>
    chooseSessions(entries, ...rest, known).map((e) => e.session.id);

  it("have the title that people gave them, or their host's name", () => {
    expect(entries.map((e) => [e.title, e.agent])).toEqual([
      ["Olga Von C's session", "opencode"],
      ["Basket", ""],
    ]);
    const named = { ...agent, facts: { sessionTitle: "Discounts" } };
    expect(entriesOf([open], [named], known)[0]?.title).toBe("Discounts");
    expect(entriesOf([open], [{ ...named, title: "The shop" }], known)[0]?.title).toBe("The shop");
  });

  it("are found by state and words", () => {
    expect(find("active", "")).toEqual(["1"]);
    expect(find("mine", "")).toEqual(["2"]);
    expect(find("all", "BASKET ben")).toEqual(["2"]);
    expect(find("all", "opencode")).toEqual(["1"]);
    expect(find("all", "nobody")).toEqual([]);
  });
});

test("only very long texts are shortened, and no character is split", () => {
  expect(shorten("short\n".repeat(10))).toHaveLength(60);
  expect(shorten("line\n".repeat(100)).split("\n")).toHaveLength(24);
  const cut = shorten(`a${"👍".repeat(5_000)}`);
  expect(cut.length).toBeLessThan(2_001);
  expect(cut.isWellFormed()).toBe(true);
});
