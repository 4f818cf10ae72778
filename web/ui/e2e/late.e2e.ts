import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { said } from "./browser.ts";
import { visitor } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

const popups = "**/assets/popups-*.js";

/** Opens a room whose menus and dialogs are not loaded before the returned function is called. */
async function roomWithout(): Promise<{ page: Page; load(): Promise<void> }> {
  const link = await share(server.url, "prompt_direct", "fast");
  const page = await visitor(server.url);
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  await page.route(popups, async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(link.host);
  await page.getByLabel("Prompt", { exact: true }).waitFor();
  const load = async () => {
    const loaded = page.waitForResponse(popups).then((r) => r.finished());
    open();
    await loaded;
  };
  return { page, load };
}

const button = (page: Page) => page.getByRole("button", { name: "More", exact: true });
const menu = (page: Page) => page.getByRole("menu");

test("a menu that is still being loaded opens, although it is clicked twice", async () => {
  const { page, load } = await roomWithout();
  await button(page).dblclick();
  expect(await button(page).getAttribute("aria-expanded")).toBe("true");
  await load();
  await menu(page).waitFor();
  await page.keyboard.press("Escape");
  await menu(page).waitFor({ state: "detached" });
  await expect.poll(() => isFocused(page, "More")).toBe(true);
});

test("a held key opens a menu once, and chooses nothing in it", async () => {
  const { page, load } = await roomWithout();
  await button(page).focus();
  for (let i = 0; i < 5; i++) await page.keyboard.down("Enter"); // all but the first are repeated
  await load();
  await menu(page).waitFor();
  for (let i = 0; i < 5; i++) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  expect(await menu(page).count()).toBe(1);
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("a menu that takes long to load does not open while the user writes", async () => {
  const { page, load } = await roomWithout();
  await button(page).click();
  await page.locator(".composer textarea").first().click();
  await page.keyboard.type("hel");
  await load();
  await page.keyboard.type("p");
  await page.keyboard.press("Enter");
  await said(page, "help").first().waitFor();
  expect(await menu(page).count()).toBe(0);
});

test("a dialog that is still being loaded takes the keys", async () => {
  const { page, load } = await roomWithout();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Loading" }).waitFor();
  await page.keyboard.press("/"); // would move to the composer
  await page.keyboard.type("x");
  await load();
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  expect(await page.locator(".composer textarea").first().inputValue()).toBe("");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("what cannot be loaded says so, and is loaded when the server can be reached", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const page = await visitor(server.url);
  await page.route(popups, (route) => route.fulfill({ status: 503 }));
  await page.goto(link.host);
  await page.getByLabel("Prompt", { exact: true }).waitFor();
  await button(page).click();
  await page.getByText("A part of it could not be loaded").waitFor();
  expect(await button(page).getAttribute("aria-expanded")).toBe("false");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "This page is incomplete" });
  await dialog.getByRole("button", { name: "Reload" }).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.unroute(popups);
  await button(page).click();
  await menu(page).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("dialog", { name: "Invite people" }).waitFor();
});

test("everything is loaded before it is needed, while the page is idle", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const page = await visitor(server.url);
  await page.goto(link.host);
  await page.getByLabel("Prompt", { exact: true }).waitFor();
  const loaded = () =>
    page.evaluate(() => performance.getEntriesByType("resource").map((e) => e.name));
  const last = /\/assets\/Review-.*\.js$/; // the page learns of it when the dialogs are loaded
  await expect
    .poll(async () => (await loaded()).some((name) => last.test(name)), { timeout: 20_000 })
    .toBe(true);
  await page.waitForLoadState("networkidle");
  await page.route("**/assets/**", (route) => route.fulfill({ status: 503 }));
  await button(page).click();
  await page.getByRole("menuitem", { name: "Changes of files" }).click();
  await page.getByRole("dialog", { name: "Changes" }).waitFor();
});

function isFocused(page: Page, name: string): Promise<boolean> {
  return page.evaluate((name) => document.activeElement?.getAttribute("aria-label") === name, name);
}
