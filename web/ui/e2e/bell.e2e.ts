import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { decide } from "./cards.ts";
import { guest, host, inWholeBrowser, more, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

const timeout = 20_000;
let server: Server;

inWholeBrowser();

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

/** Records the notifications of a page. The browser's own are invisible without a desktop. */
async function noteNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: { title: string; body: string }[] = [];
    class Noted extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        shown.push({ title: this.title, body: this.body });
      }
    }
    Object.assign(window, { shown, Notification: Noted });
  });
}

const shown = (page: Page) =>
  page.evaluate(() => (window as unknown as { shown: { title: string; body: string }[] }).shown);

/** Hides a page, since a page without a window is never hidden by itself. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

test("the host is notified of what waits while the page is out of sight, without its text", async () => {
  const link = await share(server.url);
  const olga = await host(link.host);
  await olga.context().grantPermissions(["notifications"]);
  await noteNotifications(olga);
  await olga.reload();
  await olga.getByLabel("Prompt", { exact: true }).waitFor();
  await olga.getByRole("button", { name: "More", exact: true }).click();
  await olga.getByRole("menuitem", { name: "Notifications are on" }).waitFor();
  await olga.keyboard.press("Escape");
  const ben = await guest(link.invite, "Ben");

  await write(ben, "Agent", "Seen at once");
  await olga.getByText("1 waiting for you").waitFor();
  expect(await olga.title()).toMatch(/^\(1\) /);
  expect(await shown(olga), "what is in sight needs no notification").toEqual([]);

  await hide(olga, true);
  await write(ben, "Agent", "Fix the failing test");
  await expect
    .poll(() => shown(olga), { timeout })
    .toEqual([{ title: "Olga's session", body: "“Ben” proposes a prompt" }]);
  expect(await olga.title()).toMatch(/^\(2\) /);
  await olga.getByRole("button", { name: "Reject" }).first().click();
  await olga.getByRole("button", { name: "Reject" }).first().click();
  await olga.getByText("1 waiting for you").waitFor();
  await decide(olga.getByRole("button", { name: "Approve" }));
  await expect
    .poll(async () => (await shown(olga)).at(-1)?.body, { timeout })
    .toBe("The agent asks for permission");
  expect(await olga.title()).toMatch(/^\(1\) /);
  await hide(olga, false);
  await decide(olga.getByRole("button", { name: "Allow", exact: true }));
  await said(olga, "Done in").waitFor();
  await expect.poll(() => olga.title(), { timeout }).toMatch(/^Fix the failing test/);
});

test("the title of a guest's page counts messages while it is out of sight", async () => {
  const link = await share(server.url);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await hide(ben, true);
  await write(olga, "People", "One");
  await write(olga, "People", "Two");
  await expect.poll(() => ben.title(), { timeout }).toMatch(/^\(2\) /);
  await hide(ben, false);
  await expect.poll(() => ben.title(), { timeout }).not.toMatch(/^\(/);
  await ben.getByText("New", { exact: true }).waitFor();
});

test("a guest is notified of decisions, mentions and ends of turns, as chosen", async () => {
  const link = await share(server.url);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await ben.context().grantPermissions(["notifications"]);
  await noteNotifications(ben);
  await ben.reload();
  await ben.locator(".composer textarea").first().waitFor();
  await write(ben, "Agent", "plan");
  await write(olga, "People", "@Ben is not told of what is in sight");
  await said(ben, "what is in sight").waitFor();
  await more(ben, "Notifications are on");
  const dialog = ben.getByRole("dialog");
  await expectAccessible(ben, "what to be told of");
  await dialog.getByRole("switch", { name: "The end of my turns" }).waitFor();
  await dialog.getByRole("switch", { name: "Mentions" }).click();
  await ben.keyboard.press("Escape");

  await hide(ben, true);
  await write(olga, "People", "@Ben, do you hear me?");
  await decide(olga.getByRole("button", { name: "Approve" }));
  await expect
    .poll(() => shown(ben), { timeout })
    .toEqual(
      ["“Olga” approved your prompt", "The agent is done with your prompt"].map((body) => ({
        title: "Olga's session",
        body,
      })),
    );
  await ben.reload();
  await ben.locator(".composer textarea").first().waitFor();
  await more(ben, "Notifications are on");
  await dialog.getByRole("switch", { name: "Mentions" }).click(); // the choice has lasted
  await ben.keyboard.press("Escape");
  await hide(ben, true);
  await write(olga, "People", "@Benjamin, @B\u200ben and me@ben.example are others");
  await write(olga, "People", "And you, @ben?");
  await expect
    .poll(async () => (await shown(ben)).map((n) => n.body), { timeout })
    .toEqual(["“Olga” mentions you"]);
});

test("the menu asks for the permission to notify", async () => {
  const link = await share(server.url);
  const olga = await host(link.host);
  await olga.evaluate(() => {
    class Asked {
      static permission = "default";
      static requestPermission = async () => (Asked.permission = "granted");
    }
    Object.assign(window, { Notification: Asked });
  });
  await more(olga, "Notify me in this browser");
  const dialog = olga.getByRole("dialog");
  await dialog.getByRole("switch", { name: "Something is waiting" }).waitFor();
  for (const name of ["Something is waiting", "My proposals", "Mentions", "The end of my turns"])
    await dialog.getByRole("switch", { name }).click();
  await olga.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await olga.getByRole("button", { name: "More", exact: true }).click();
  await olga.getByRole("menuitem", { name: "Notifications are off" }).waitFor();
});
