import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said, to } from "./browser.ts";
import { decide, pressInCard, settled } from "./cards.ts";
import { guest, host, more, people, visitor, stay, write } from "./people.ts";
import { startProxy } from "./proxy.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

// A session is open for at least a minute, so this one runs while the other tests do.
let short: { host: string; invite: string };
let inside: Page;
let outside: Page;

beforeAll(async () => {
  server = await startServer();
  short = await share(server.url, "prompt_with_approval", "demo", { expiresInMinutes: 1 });
  inside = stay(await guest(short.invite, "Ben"));
  await write(inside, "People", "While there is time");
  outside = stay(await visitor(server.url));
  await outside.goto(short.invite);
  await outside.getByLabel("Your name").waitFor();
});

afterAll(() => server?.stop());

describe("two people", () => {
  test("join by a link, talk, propose, edit, approve, and see the agent work", async () => {
    const link = await share(server.url);
    const olga = await host(link.host);
    const ben = await guest(link.invite, "Ben");
    expect(new URL(ben.url()).hash, "the invite does not stay in the address").toBe("");
    await olga
      .getByRole("listitem")
      .filter({ hasText: "Ben" })
      .getByText("here")
      .waitFor({ state: "attached" });

    await to(ben, "People");
    await ben.getByLabel("Message", { exact: true }).fill("Hello");
    await olga.getByText("Ben is typing").waitFor();
    await write(ben, "People", "Hello Olga");
    await said(olga, "Hello Olga").waitFor();
    await write(olga, "People", "Hello Ben");
    await said(ben, "Hello Ben").waitFor();
    const edges = await ben
      .locator(".bubble")
      .evaluateAll((all) => all.map((b) => b.getBoundingClientRect().left));
    expect(new Set(edges).size, "all messages begin at one edge").toBe(1);

    await write(ben, "Agent", "Fix the failing test");
    const waiting = olga.locator(".waiting");
    await waiting.getByText("Ben proposes", { exact: true }).waitFor();
    expect(await olga.title()).toMatch(/^\(1\) /);
    await waiting.getByRole("button", { name: "Edit" }).click();
    await waiting
      .getByLabel("The prompt as the agent will get it")
      .fill("Fix the failing test, please");
    await decide(waiting.getByRole("button", { name: "Approve edited" }));
    await ben.getByText("that Olga edited and approved").waitFor();

    await said(ben, "--- FAIL: TestTotal_with_a_discount").waitFor();
    await waiting.getByText("Edit basket/total.go").waitFor();
    const diff = ben.getByRole("figure", { name: /total\.go/ });
    await diff.getByText("return sum - discount").waitFor();
    await said(ben, "waiting for the host's answer").waitFor();
    await decide(waiting.getByRole("button", { name: "Allow", exact: true }));
    await said(ben, "Olga: Allow").waitFor();
    await said(ben, "The tests pass.").waitFor();
    await said(ben, "Done in").waitFor();
    await ben.getByText("4 of 4 done").last().waitFor();
    await waiting.waitFor({ state: "detached" });
  });

  test("a proposal can be rejected with a reason, with the keyboard only", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await write(ben, "Agent", "Delete everything");
    await settled(olga.getByRole("article", { name: "Ben proposes" }));
    await olga.getByRole("button", { name: "1 waiting for you" }).press("Enter");
    await pressInCard(olga, "r");
    await olga.keyboard.type("Rather not");
    await olga.keyboard.press("Enter");
    await ben.getByText("rejected by Olga: Rather not").waitFor();
  });

  test("a running turn is cancelled", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await write(olga, "Agent", "wait");
    await ben.getByText("Running", { exact: true }).first().waitFor();
    expect(await ben.getByRole("button", { name: "Stop the agent" }).count(), "Ben may not").toBe(
      0,
    );
    await to(ben, "Agent");
    await ben.getByText("Once approved, your prompt waits for its turn").waitFor();
    await olga.getByRole("button", { name: "Stop the agent" }).click();
    await said(ben, "Cancelled after").waitFor();
  });

  test("the mode decides at once what a guest can do, and can be set with the keyboard", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    const mode = async (name: string) => {
      await olga.getByRole("button", { name: /^Mode:/ }).click();
      await olga.getByRole("menuitem", { name }).click();
    };
    await mode("View only");
    await ben.getByText("You are watching").waitFor();
    await olga.getByRole("button", { name: /^Mode:/ }).press("Enter");
    const direct = olga.getByRole("menuitem", { name: "Direct prompts" });
    await direct.waitFor();
    // The menu takes no keys until it has the focus, a moment later.
    const onIt = async () => {
      await olga.keyboard.press("ArrowDown");
      return direct.evaluate((item) => item === document.activeElement);
    };
    await expect.poll(onIt, { timeout: 20_000 }).toBe(true);
    await olga.keyboard.press("Enter");
    await write(ben, "Agent", "plan");
    await said(olga, "prompts the agent").waitFor();
    await said(olga, "Done in").waitFor();
  });

  test("a removed guest is told so, and cannot return", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await olga.getByRole("button", { name: "Actions for Ben" }).click();
    await olga.getByRole("menuitem", { name: "Remove from the session" }).click();
    await olga.getByRole("dialog").getByRole("button", { name: "Remove from the session" }).click();
    await ben.getByRole("heading", { name: "The host has removed you" }).waitFor();
  });

  test("a guest leaves and returns; the host closes the session, and all can still read", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await write(olga, "People", "Bye soon");
    await said(ben, "Bye soon").waitFor();
    await more(ben, "Leave the session");
    await ben.getByRole("dialog").getByRole("button", { name: "Leave the session" }).click();
    await ben.getByRole("heading", { name: "You have left the session" }).waitFor();
    await said(olga, "Ben left").waitFor();
    await ben.getByRole("button", { name: "Join again" }).click();
    await ben.getByRole("heading", { name: "Join Olga's session again" }).waitFor();
    await ben.getByRole("button", { name: "Join the session" }).click();
    await said(ben, "Bye soon").waitFor();

    await more(olga, "Close the session for everyone");
    await olga
      .getByRole("dialog")
      .getByRole("button", { name: "Close the session for everyone" })
      .click();
    for (const page of [olga, ben]) {
      await page.getByText("This session is closed. You can still read it.").waitFor();
      await page.getByText("Read only").waitFor();
      await said(page, "Bye soon").waitFor();
    }
    for (const page of [olga, ben]) {
      await page.reload();
      await page.getByText("This session is closed. You can still read it.").waitFor();
      await said(page, "Bye soon").waitFor();
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).waitFor();
      for (const role of ["button", "menuitem"] as const)
        expect(
          await page.getByRole(role, { name: /^Invite|^Join from/ }).count(),
          "nobody can join",
        ).toBe(0);
    }
  });

  test("a reload keeps the user in the session", async () => {
    const link = await share(server.url);
    const ben = await guest(link.invite, "Ben");
    await write(ben, "People", "Once");
    await said(ben, "Once").waitFor();
    await ben.reload();
    await said(ben, "Once").waitFor();
    expect(await said(ben, "Ben joined").count()).toBe(1);
  });
});

test("the start page says how to get an agent that is not installed", async () => {
  const page = await visitor(server.url);
  await page.goto(server.url);
  await page.getByRole("button", { name: "Get other agents" }).click();
  const command = page.getByLabel("Command that installs Auggie");
  expect(await command.innerText()).toBe("npm install -g @augmentcode/auggie");
  await page.getByText("Sign in to it there with: auggie login").waitFor();
});

test("the start page shares a session, and leads into it", async () => {
  const page = await visitor(server.url);
  await page.goto(server.url);
  await page.getByRole("button", { name: "Share a session" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your name").fill("Olga");
  await dialog.getByLabel("Title").fill("The basket");
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByRole("img", { name: "QR code" }).waitFor();
  const invite = await dialog.getByLabel("Invite link", { exact: true }).textContent();
  await dialog.getByRole("link", { name: "Enter the room" }).click();
  await page.getByLabel("Prompt", { exact: true }).waitFor();
  const ben = await guest(invite ?? "", "Ben");
  await ben.getByRole("heading", { name: "The basket" }).waitFor();
  await write(ben, "People", "It works");
  await said(page, "It works").waitFor();
  await page.goto(server.url);
  await page.getByLabel("Search sessions").fill("basket");
  await page.getByRole("link", { name: "Enter: The basket" }).waitFor();
});

const hostile = [
  "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>",
  "[click](javascript:window.hacked=1) ![pixel](https://tracker.example/x.png) <a href='javascript:window.hacked=1'>x</a>",
  `${"\u202e"}evil${"\u2066"} \u0000\u001b[31m`,
  "W".repeat(32_000),
];

test("a hostile text is harmless, as a message and as a prompt", async () => {
  const link = await share(server.url, "prompt_direct");
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  for (const text of hostile) await write(ben, "People", text);
  await write(ben, "People", "That was all");
  await said(olga, "That was all").waitFor();
  await write(ben, "Agent", `plan ${hostile[0]} ${hostile[1]}`);
  await said(olga, "Done in").waitFor();
  await write(ben, "Agent", "markdown");
  await said(olga, "Ünïcödé").waitFor();
  for (const page of [olga, ben]) {
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    expect(
      await page
        .locator(".timeline script, .timeline [onerror], .timeline a[href^='javascript' i]")
        .count(),
    ).toBe(0);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      "nothing is wider than the page",
    ).toBe(true);
  }
});

test("everything works where WebSockets are blocked", async () => {
  const proxy = await startProxy(server.url);
  try {
    const link = await share(server.url, "prompt_direct");
    const through = (l: string) => l.replace(server.url, proxy.url);
    const [olga, ben] = [await host(link.host), await guest(through(link.invite), "Ben")];
    await ben.getByText("Live, without WebSocket").waitFor();
    await write(ben, "People", "Over plain HTTP");
    await said(olga, "Over plain HTTP").waitFor();
    await write(olga, "Agent", "plan");
    await said(ben, "Done in").waitFor();
    for (const p of people)
      p.complaints = p.complaints.filter((c) => !/WebSocket connection/.test(c));
    await ben.close();
  } finally {
    await proxy.stop();
  }
});

test("everything works below a path, behind a proxy that replaces Host", async () => {
  const proxy = await startProxy(server.url, "/tools/parley");
  try {
    const link = await share(server.url, "prompt_direct");
    const through = (l: string) => l.replace(server.url, proxy.url);
    const [olga, ben] = [await host(link.host), await guest(through(link.invite), "Ben")];
    await write(ben, "People", "From below a path");
    await said(olga, "From below a path").waitFor();
    await ben.reload();
    await said(ben, "From below a path").waitFor();
    await ben.goto(`${proxy.url}/`);
    await ben.locator(`a[href^="${proxy.url}/s/"]`).first().click();
    await ben.waitForURL(`${proxy.url}/s/*`);
    for (const p of people)
      p.complaints = p.complaints.filter((c) => !/WebSocket connection/.test(c));
    await ben.close();
  } finally {
    await proxy.stop();
  }
});

test("an expired session says so to its participants, and is read-only from then on", async () => {
  await said(inside, "The session has expired").waitFor({ timeout: 90_000 });
  await inside.getByText("This session has expired. You can still read it.").waitFor();
  await said(inside, "While there is time").waitFor();
  await expectAccessible(inside, "a room that has expired");
  // One guest who is about to join, one in the room, and one who comes later.
  await outside.getByLabel("Your name").fill("Late");
  await outside.getByRole("button", { name: "Join the session" }).click();
  await inside.reload();
  await said(inside, "While there is time").waitFor();
  const later = await visitor(server.url);
  await later.goto(short.invite);
  for (const page of [outside, later]) {
    await page.getByRole("heading", { name: "This session has expired" }).waitFor();
    expect(await page.title()).toMatch(/^This session has expired/);
  }
  await expectAccessible(later, "expired");
}, 150_000);
