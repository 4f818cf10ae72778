import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { said } from "./browser.ts";
import { visitor, write } from "./people.ts";
import { startProxy } from "./proxy.ts";
import { startServer, type Server } from "./server.ts";
import { member, share } from "./share.ts";

let server: Server;
let proxy: Awaited<ReturnType<typeof startProxy>>;

beforeAll(async () => {
  server = await startServer();
  proxy = await startProxy(server.url);
});

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
});

interface Tab {
  page: Page;
  room: number;
}

/** The number of event streams that the tabs of a browser keep open. */
function streams({ page }: Tab): Promise<number> {
  return page.evaluate(async () => (await navigator.locks.query()).held!.length);
}

/** Sends a message from every tab, and checks that each tab shows each message once. */
async function allTalk(tabs: Tab[], when: string): Promise<void> {
  const texts = tabs.map((_, i) => `${when} by tab ${i}`);
  await Promise.all(tabs.map(({ page }, i) => write(page, "People", texts[i]!)));
  for (const [i, { room }] of tabs.entries()) {
    for (const tab of tabs.filter((other) => other.room === room)) {
      await said(tab.page, texts[i]!).waitFor();
    }
  }
  for (const { page, room } of tabs) {
    const rows = await said(page, `${when} by tab`).allTextContents();
    expect(rows.sort()).toEqual(texts.filter((_, i) => tabs[i]!.room === room));
  }
}

// A browser opens six connections to a server, for all of its tabs.
test("everything works in seven tabs without a WebSocket, even when some close or crash", async () => {
  const rooms = await Promise.all([share(server.url), share(server.url)]);
  const [first, second] = rooms;
  const ann = await member(first!.invite, "ann");
  const ben = await member(second!.invite, "ben");
  const links = [first!.host, ann, second!.host, ann, ben, ben, ann];
  const begin = await visitor(server.url.replace(/:\d+$/, ""));
  const context = begin.context();
  const tabs = await Promise.all(
    links.map(async (link): Promise<Tab> => {
      const page = await context.newPage();
      page.setDefaultTimeout(40_000);
      await page.goto(link.replace(server.url, proxy.url));
      await page.locator(".conn-fallback").waitFor();
      return { page, room: [first!.host, ann].includes(link) ? 0 : 1 };
    }),
  );
  await allTalk(tabs, "Opened");
  await expect.poll(() => streams(tabs[0]!), { timeout: 30_000 }).toBe(3);

  const holders: Tab[] = [];
  const others: Tab[] = [];
  const query = () =>
    navigator.locks.request("who", async () => (await navigator.locks.query()).held!);
  for (const tab of tabs) {
    const held = await tab.page.evaluate(query);
    const me = held.find((l) => l.name === "who")?.clientId;
    const streaming = held.some((l) => l.name !== "who" && l.clientId === me);
    (streaming ? holders : others).push(tab);
  }
  expect(holders).toHaveLength(3);
  const [closes, crashes, stays] = holders as [Tab, Tab, Tab];
  await closes.page.close();
  await crashes.page.goto("chrome://crash").catch(() => {});
  const left = [stays, ...others];
  await allTalk(left, "Left");
  await expect.poll(() => streams(stays), { timeout: 30_000 }).toBe(3);
  await allTalk(left, "Later");
}, 120_000);
