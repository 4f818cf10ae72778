import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { said } from "./browser.ts";
import { decide } from "./cards.ts";
import { guest, host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { fill, share, talk } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

/** Returns where the first completely visible message is, and its text. */
function inSight(page: Page): Promise<{ text: string; top: number }> {
  return page.evaluate(() => {
    const list = document.querySelector(".timeline-list")!.getBoundingClientRect();
    const row = [...document.querySelectorAll(".row-chat")].find(
      (r) => r.getBoundingClientRect().top >= list.top,
    )!;
    return {
      text: row.querySelector(".bubble [dir]")?.textContent ?? "",
      top: row.getBoundingClientRect().top - list.top,
    };
  });
}

/**
 * Returns the same once the list rests: rows nearby are measured, which moves all rows
 * slightly.
 */
async function atRest(page: Page): Promise<{ text: string; top: number }> {
  let now = { text: "", top: NaN };
  const rests = async () => {
    const before = now;
    now = await inSight(page);
    return now.text === before.text && now.top === before.top;
  };
  await expect.poll(rests, { interval: 150 }).toBe(true);
  return now;
}

test("a long session opens at its end, and shows older rows on scrolling up", async () => {
  const link = await share(server.url);
  await talk(link.invite, 450);
  const ben = await guest(link.invite, "Ben");
  await said(ben, "Number 450.").waitFor();
  expect(await ben.locator(".row").count(), "rows out of sight are not drawn").toBeLessThan(60);

  await ben.locator(".timeline-list").hover();
  await expect
    .poll(
      async () => {
        await ben.mouse.wheel(0, -1_500);
        return said(ben, "Number 1.").isVisible();
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBe(true);
  await said(ben, "The session was created").waitFor();
  expect(await said(ben, "Number 2.").count()).toBe(1);
  await ben.getByRole("button", { name: "Latest" }).click();
  await said(ben, "Number 450.").waitFor();
});

test("nothing jumps while older rows are loaded", async () => {
  const link = await share(server.url);
  await talk(link.invite, 450);
  const ben = await guest(link.invite, "Ben");
  await said(ben, "Number 450.").waitFor();
  await ben.locator(".timeline-list").hover();
  const number = async () => Number(/Number (\d+)/.exec((await inSight(ben)).text)?.[1] ?? 0);
  let last = await number();
  expect(last).toBeGreaterThan(400);
  // At the top, scrolling has no effect until older rows are there.
  for (let step = 0; step < 400 && last > 200; step++) {
    await ben.mouse.wheel(0, -300);
    await ben.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    const now = await number();
    expect(last - now, `from ${last} to ${now}`).toBeLessThan(30);
    // One wheel event, which scrolls past six rows, can get lost when older rows
    // arrive.
    expect(last - now, `from ${last} to ${now}`).toBeGreaterThanOrEqual(-7);
    last = now;
  }
  expect(last).toBeLessThanOrEqual(200);
});

test("the rows in sight stay in place while new ones arrive", async () => {
  const link = await share(server.url);
  await talk(link.invite, 400);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await said(ben, "Number 400.").waitFor();
  await ben.locator(".timeline-list").hover();
  await ben.mouse.wheel(0, -900);
  await ben.getByRole("button", { name: "Latest" }).waitFor();
  const before = await atRest(ben);
  await write(olga, "People", "News");
  await ben.getByRole("button", { name: "1 new" }).waitFor();
  expect(await inSight(ben)).toEqual(before);
  await ben.getByRole("button", { name: "1 new" }).click();
  await said(ben, "News").waitFor();
  await ben.getByText("New", { exact: true }).waitFor();
});

test("a busy page that is scrolled up does not jump back to its end", async () => {
  const link = await share(server.url);
  await talk(link.invite, 50);
  const ben = await guest(link.invite, "Ben");
  await said(ben, "Number 50.").waitFor();
  await ben.locator(".timeline-list").hover();
  const begins = ben.waitForEvent("console");
  const busy = ben.evaluate(() => {
    console.log("busy");
    const until = performance.now() + 2_500;
    while (performance.now() < until);
  });
  await begins;
  await ben.mouse.wheel(0, -600);
  await busy;
  await ben.getByRole("button", { name: "Latest" }).waitFor();
});

test("a list at its end stays there when the window is turned", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await host(link.host);
  await write(olga, "Agent", "Fix the failing test");
  await decide(olga.getByRole("button", { name: "Allow", exact: true }));
  await said(olga, "This was a demo").waitFor();
  await write(olga, "Agent", "markdown");
  await said(olga, "Ünïcödé").waitFor();
  for (const [width, height] of [
    [390, 844],
    [1440, 900],
    [390, 844],
    [844, 390],
  ] as const) {
    await olga.setViewportSize({ width, height });
    await expect
      .poll(
        () =>
          olga
            .locator(".timeline-list")
            .evaluate((l) => l.scrollHeight - l.clientHeight - l.scrollTop),
        { timeout: 20_000, message: `${width} x ${height}` },
      )
      .toBeLessThan(2);
  }
});

test("a session of fifty thousand events opens at its end and scrolls", async () => {
  const link = await share(server.url, "prompt_with_approval", "quick");
  await fill(link.host, 50_000);
  const ben = await guest(link.invite, "Ben");
  const list = ben.locator(".timeline-list");
  await list.waitFor();
  const latest = ben.getByRole("button", { name: "Latest" });
  await list.hover();
  for (let i = 0; i < 40; i++) await ben.mouse.wheel(0, -2_000);
  await latest.waitFor();
  expect(await ben.locator(".row").count(), "rows out of sight are not drawn").toBeLessThan(120);
  await latest.click();
  await latest.waitFor({ state: "hidden" });
  await write(ben, "People", "Still here.");
  await said(ben, "Still here.").waitFor();
});
