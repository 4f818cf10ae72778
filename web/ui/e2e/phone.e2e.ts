import type { BrowserContext, Page } from "playwright-core";
import { devices } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { launch, said } from "./browser.ts";
import { guest, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;
let phone: BrowserContext;
let browser: Awaited<ReturnType<typeof launch>>;

beforeAll(async () => {
  server = await startServer();
  browser = await launch();
  const { defaultBrowserType: _, ...iphone } = devices["iPhone 13"]!;
  phone = await browser.newContext({ ...iphone, serviceWorkers: "block" });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function onPhone(link: string, name?: string): Promise<Page> {
  const page = await phone.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(link);
  if (name) {
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Join the session" }).tap();
  }
  await page.locator(".composer textarea").first().waitFor();
  return page;
}

/** Returns the names of elements that are too small for a finger. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, [role=menuitem], a[href], label")]
      .filter((e) => e.checkVisibility() && !e.closest(".hidden-visually, .skip, .md, p"))
      .filter((e) => {
        const { width, height } = e.getBoundingClientRect();
        const more = getComputedStyle(e, "::after");
        const tall = more.content === "none" ? height : Math.max(height, parseFloat(more.height));
        return width < 43.5 || tall < 43.5;
      })
      .map((e) => `${e.className}: ${e.textContent}`),
  );
}

/** Returns the names of elements that do not fit into the row below the composer. */
function cutInRow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const row = document.querySelector(".composer-bar")!;
    const parts = [row, ...row.querySelectorAll(".mantine-Button-label, label, .choice")];
    return parts
      .filter((e) => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().height > 60)
      .filter((e) => getComputedStyle(e).display !== "inline")
      .map((e) => `${e.className}: ${e.textContent}`);
  });
}

test("Enter starts a new line on a phone, and the button sends", async () => {
  const link = await share(server.url);
  const mika = await onPhone(link.invite, "Mika");
  const box = mika.getByLabel("Message", { exact: true });
  await box.tap();
  await mika.keyboard.type("line one");
  await mika.keyboard.press("Enter");
  await mika.keyboard.type("line two");
  expect(await box.inputValue()).toBe("line one\nline two");
  expect(await said(mika, "line one").count()).toBe(0);
  await mika.getByRole("button", { name: "Send" }).tap();
  await said(mika, "line two").waitFor();
});

test("fields do not make a phone zoom, and touch targets are large enough", async () => {
  const link = await share(server.url);
  const olga = await onPhone(link.host);
  const ben = await guest(link.invite, "Ben");
  await write(ben, "Agent", "Fix the failing test");
  await olga.getByText("Ben proposes", { exact: true }).waitFor();
  const sizes = await olga.evaluate(() =>
    [...document.querySelectorAll("textarea, input:not([type=radio])")].map((e) =>
      parseFloat(getComputedStyle(e).fontSize),
    ),
  );
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16);
  expect(await tooSmall(olga), "with a proposal").toEqual([]);
  await olga.getByRole("button", { name: "Approve" }).tap();
  await olga.getByRole("button", { name: "Always allow" }).waitFor();
  expect(await tooSmall(olga), "with a question").toEqual([]);
  await olga.getByRole("button", { name: "Stop the agent" }).waitFor();
  const size = olga.viewportSize()!;
  const box = olga.getByLabel("Prompt", { exact: true });
  for (const text of ["", "Then tidy up"]) {
    await box.fill(text);
    for (const width of [320, 360]) {
      await olga.setViewportSize({ width, height: 640 });
      expect(await cutInRow(olga), `in a row of ${width} pixels with "${text}"`).toEqual([]);
      expect(await tooSmall(olga), `in a row of ${width} pixels with "${text}"`).toEqual([]);
    }
  }
  await olga.getByRole("button", { name: "Interrupt" }).waitFor();
  await box.fill("x".repeat(263_000));
  await olga.getByText("bytes too long").waitFor(); // a phone shows why the button is off
  await box.fill("");
  await olga.getByRole("button", { name: "About the agent" }).tap();
  await olga.getByRole("dialog").waitFor();
  await olga.keyboard.press("Escape");
  await olga.getByRole("dialog").waitFor({ state: "detached" });
  await olga.setViewportSize(size);
  await olga.getByRole("button", { name: "More", exact: true }).tap();
  await olga.getByRole("menuitem", { name: "Keyboard shortcuts" }).waitFor();
  expect(await tooSmall(olga), "with the menu").toEqual([]);
  expect(
    await olga.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    "nothing is wider than the page",
  ).toBe(true);
});
