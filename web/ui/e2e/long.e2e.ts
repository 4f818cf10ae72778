import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { said } from "./browser.ts";
import { host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

async function room(): Promise<Page> {
  const link = await share(server.url, "prompt_direct", "quick");
  return host(link.host);
}

/** Scrolls to an end of the loaded rows, repeatedly, until the text is there. */
async function scrollUntil(page: Page, end: "top" | "bottom", text: string): Promise<void> {
  await page.locator(".timeline-list").hover();
  const there = async () => {
    await page.mouse.wheel(0, end === "top" ? -1 : 1); // a person has to want it
    await page
      .locator(".timeline-list")
      .evaluate((l, end) => (l.scrollTop = end === "top" ? 0 : l.scrollHeight), end);
    return said(page, text).first().isVisible();
  };
  await expect.poll(there, { timeout: 50_000, interval: 20 }).toBe(true);
}

test("dropped events of a long session are loaded again on scrolling, up and down", async () => {
  const olga = await room();
  await write(olga, "Agent", "calls 9000"); // more than a page keeps
  await said(olga, "Done in").waitFor({ timeout: 60_000 });
  const list = olga.locator(".timeline-list");
  expect(await list.evaluate((l) => l.scrollHeight - l.clientHeight - l.scrollTop)).toBeLessThan(2);

  await scrollUntil(olga, "top", "The session was created");
  await olga.getByRole("button", { name: "Load older" }).waitFor({ state: "detached" });
  expect(await olga.locator(".row").count(), "rows out of sight are not drawn").toBeLessThan(120);
  await olga.getByRole("button", { name: "Latest" }).waitFor();
  await scrollUntil(olga, "bottom", "Done in");
  await olga.getByRole("button", { name: "Latest" }).waitFor({ state: "hidden" });
  await write(olga, "People", "At the end.");
  await said(olga, "At the end.").waitFor();
}, 120_000);

test("only the end of a growing message is rendered again", async () => {
  const olga = await room();
  await write(olga, "Agent", "stream 200 1");
  await said(olga, "Done in").waitFor();
  await olga.evaluate(() => {
    const seen = { drawn: 0, early: 0, again: 0 };
    Object.assign(window, { seen });
    const lengths = new Map<Element, number>(); // as they were rendered last
    new MutationObserver((changes) => {
      for (const { target, removedNodes } of changes) {
        for (const node of removedNodes)
          if (node instanceof HTMLElement && node.dataset.begun) seen.again++;
        const md = (target instanceof Element ? target : target.parentElement)?.closest(".md");
        const begun = md?.closest("[aria-busy=true]") && md.children[0];
        if (begun instanceof HTMLElement) begun.dataset.begun = "true";
        if (!md || md === target) continue;
        const block = [...md.children].findIndex((b) => b.contains(target));
        seen.drawn++;
        // The block that was open then may be finished by now.
        if (block < (lengths.get(md) ?? 0) - 1) seen.early++;
      }
      for (const md of document.querySelectorAll(".md")) lengths.set(md, md.children.length);
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
  await write(olga, "Agent", "stream 400 4");
  const growing = olga.locator(".says[aria-busy=true]");
  await growing.waitFor();
  await growing.waitFor({ state: "detached", timeout: 40_000 });
  const seen = await olga.evaluate(() => (window as unknown as { seen: object }).seen);
  expect(seen, "a block stays the element that it was while it was written").toEqual({
    drawn: expect.any(Number) as number,
    early: 0,
    again: 0,
  });
  expect((seen as { drawn: number }).drawn).toBeGreaterThan(1); // a busy page draws seldom
  expect(await olga.locator("textarea").count(), "nothing measures the composer's text").toBe(1);
});

test("older events are loaded near the start of the list, and not because a row is high", async () => {
  const olga = await room();
  let asked = 0;
  olga.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes('"type":"history"')) asked++;
    }),
  );
  await olga.reload();
  await write(olga, "Agent", "calls 9000"); // more than a page keeps
  await said(olga, "Done in").waitFor({ timeout: 60_000 });
  await write(olga, "Agent", "stream 9000 1"); // a high row
  const stop = olga.getByRole("button", { name: "Stop the agent" });
  await stop.waitFor();
  await stop.waitFor({ state: "hidden", timeout: 60_000 });
  await write(olga, "People", "At the end.");
  await said(olga, "At the end.").waitFor();
  expect(asked).toBe(0);
  await olga.locator(".timeline-list").hover();
  const up = async () => {
    await olga.mouse.wheel(0, -20_000);
    return asked;
  };
  await expect.poll(up, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0);
}, 120_000);
