import { readFile } from "node:fs/promises";

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { guest, host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share, talk } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

/**
 * Scrolls the list up or down until an element is rendered and in sight. At the end of the
 * list it turns round.
 */
async function bring(page: Page, what: Locator, by = -1_500): Promise<void> {
  const list = page.locator(".timeline-list");
  await list.hover();
  const comes = async () => {
    if (await what.isVisible()) return true;
    const ends = await list.evaluate((e, up) => {
      return up ? e.scrollTop <= 1 : e.scrollTop + e.clientHeight >= e.scrollHeight - 1;
    }, by < 0);
    if (ends) by = -by;
    await page.mouse.wheel(0, by);
    // A busy page would scroll past the element with the next turns of the wheel.
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    return false;
  };
  await expect.poll(comes, { timeout: 60_000, interval: 50 }).toBe(true);
  await what.scrollIntoViewIfNeeded();
}

test("opened parts stay open while they are out of sight, and when rows are added", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const olga = await host(link.host);
  await write(olga, "Agent", "parts");
  const thought = olga.locator(".thought .fold-head");
  const tool = olga.locator(".tool-head");
  const raw = olga.getByRole("button", { name: "Input", exact: true });
  const output = olga.locator(".terminal .show-all button").first();
  const code = olga.locator(".code > .fold-more");
  const parts = [thought, raw, output, code];
  await said(olga, "Left to right again.").waitFor();
  await bring(olga, thought);
  await tool.click(); // the output of a command is open by itself; its input is shown on demand
  await tool.click();
  for (const part of parts) {
    await bring(olga, part, 400);
    await part.click();
    expect(await part.getAttribute("aria-expanded")).toBe("true");
  }

  await write(olga, "Agent", "more parts");
  await said(olga, "More came.").waitFor();
  await bring(olga, thought);
  const diff = olga.locator(".diff .fold-more");
  await bring(olga, diff, 400);
  await diff.click();

  await talk(link.invite, 60);
  await olga
    .getByRole("button", { name: "Latest" })
    .or(olga.getByRole("button", { name: "new" }))
    .click();
  await said(olga, "Number 60.").waitFor();
  for (const part of [...parts, diff]) await part.waitFor({ state: "detached" });
  await bring(olga, thought);
  for (const part of parts) {
    await bring(olga, part, 400);
    expect(await part.getAttribute("aria-expanded")).toBe("true");
  }
  await bring(olga, diff);
  expect(await diff.textContent()).toBe("Show less");
});

test("growing code shows its end, and stays open when more is written", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const olga = await host(link.host);
  await write(olga, "Agent", "code");
  const code = olga.locator(".code");
  await code.getByText("fmt.Println 80").waitFor();
  expect(await code.locator("pre").innerText()).not.toContain("fmt.Println 50\n");
  await code.getByRole("button", { name: "Show all 80 lines" }).click();
  await code.getByText("fmt.Println 50").waitFor();
  await olga.getByRole("button", { name: "Stop the agent" }).click(); // it goes on to its end then
  await said(olga, "That was the code.").waitFor();
  const fold = code.getByRole("button", { name: "Show less" });
  await fold.waitFor();
  await fold.click();
  await code.getByRole("button", { name: "Show all 100 lines" }).waitFor();
});

/** Reports whether a box has more content beside the visible part, and can be scrolled to it. */
const scrollsSideways = (box: Locator) =>
  box.evaluate((e) => {
    e.scrollLeft = 10_000;
    return e.scrollLeft > 100;
  });
const pageScrolls = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

test("messages of the agent are rendered as intended, wide and narrow", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const olga = await host(link.host);
  await olga.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await write(olga, "Agent", "parts");
  await said(olga, "Left to right again.").waitFor();
  const says = olga.locator(".says");

  expect(await says.locator("del").allTextContents(), "one tilde is no stroke").toEqual(["Gone"]);

  const [long, short] = [says.locator(".code").nth(0), says.locator(".code").nth(1)];
  await long.getByRole("button", { name: "Copy all 80 lines" }).click();
  await long.getByRole("button", { name: "Copied without 1 hidden character" }).waitFor();
  const copied = await olga.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n").at(-1), "nothing that was not seen").toBe("fmt.Println 80");
  await short.getByRole("button", { name: "Copy this code" }).click();
  expect(await olga.evaluate(() => navigator.clipboard.readText())).toBe("make test");
  const height = async () => (await long.boundingBox())!.height;
  expect(await height()).toBeLessThan(640);
  await long.getByRole("button", { name: "Show all 80 lines" }).click();
  expect(await height()).toBeGreaterThan(1_200);

  const directions = says
    .locator(".md > :is(p, ul)")
    .evaluateAll((blocks) =>
      blocks.map((b) => [b.textContent?.trim().slice(0, 4), getComputedStyle(b).direction]),
    );
  expect(await directions).toEqual([
    ["It t", "ltr"],
    ["שלום", "rtl"],
    ["אחת\n", "rtl"],
    ["Left", "ltr"],
  ]);
  for (const width of [1440, 390]) {
    await olga.setViewportSize({ width, height: 844 });
    expect(await scrollsSideways(says.locator(".md-table")), `at ${width}`).toBe(true);
    expect(await pageScrolls(olga), `at ${width}`).toBe(false);
  }
  await expectAccessible(olga, "what the agent says");
});

test("messages stay as people typed them, with code and links, each line in its direction", async () => {
  const link = await share(server.url);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "דנה")]);
  const text = [
    "__init__.py, src/**/*.ts and ~5 * 2",
    "    Look at `make test`",
    "שלום olga",
    "",
    "# 1 https://a.example/x?y=1.",
    "```go",
    "func main() {}",
    "```",
  ].join("\n");
  await write(ben, "People", text);
  const bubble = olga.locator(".bubble", { hasText: "Look at" });
  await bubble.locator("pre code", { hasText: "func main() {}" }).waitFor();
  expect(await bubble.locator("p").allTextContents()).toEqual([
    "__init__.py, src/**/*.ts and ~5 * 2\n    Look at make test\nשלום olga",
    "# 1 https://a.example/x?y=1.",
  ]);
  expect(await bubble.locator("strong, em, del, h1, ul").count()).toBe(0);
  expect(await bubble.locator("p code").textContent()).toBe("make test");
  expect(await bubble.getByRole("link").getAttribute("href")).toBe("https://a.example/x?y=1");
  const places = await bubble
    .locator("p")
    .first()
    .evaluate((p) => {
      const lines = document.createRange();
      const at = (text: string) => {
        const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
        for (let n = walk.nextNode(); n; n = walk.nextNode()) {
          const i = n.nodeValue!.indexOf(text);
          if (i < 0) continue;
          lines.setStart(n, i);
          lines.setEnd(n, i + text.length);
          return lines.getBoundingClientRect();
        }
        throw new Error(text);
      };
      const { left, right } = p.getBoundingClientRect();
      const [first, second, third] = [at("__init__"), at("Look"), at("שלום")];
      return {
        fromLeft: first.left - left,
        indent: second.left - first.left,
        fromRight: right - third.right,
        below: second.top > first.top && third.top > second.top,
      };
    });
  expect(places.fromLeft).toBeLessThan(2);
  expect(places.indent, "spaces are kept").toBeGreaterThan(8);
  expect(places.fromRight, "from right to left").toBeLessThan(2);
  expect(places.below).toBe(true);
  const name = olga.locator(".chat header strong");
  expect(await name.evaluate((n) => getComputedStyle(n).direction)).toBe("rtl");
  await ben.locator(".composer textarea").first().fill("שלום");
  expect(
    await ben
      .locator(".composer textarea")
      .first()
      .evaluate((a) => getComputedStyle(a).direction),
  ).toBe("rtl");
});

test("three megabytes of output have a scrolling box, and are saved as a file", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const olga = await host(link.host);
  await write(olga, "Agent", "flood");
  await said(olga, "the end").waitFor();
  const terminal = olga.locator(".terminal");
  await terminal.getByRole("button", { name: "Show all" }).click();
  const box = terminal.locator(".whole-box");
  expect((await box.boundingBox())!.height).toBeLessThan(700);
  const saved = olga.waitForEvent("download");
  await terminal.getByRole("button", { name: "Download" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe("output-of-make-noise.txt");
  const text = await readFile((await file.path())!, "utf8");
  expect(text.length).toBeGreaterThan(3_000_000);
  expect(text.endsWith("in its line 50000\nthe end")).toBe(true);

  await box.evaluate((b) => (b.scrollTop = b.scrollHeight / 2));
  let inSight = -1;
  // Parts that come into sight are measured, which takes some frames.
  const rests = async () => {
    const before = inSight;
    inSight = await box.evaluate((b) => {
      const { top } = b.getBoundingClientRect();
      return [...b.children].findIndex((c) => c.getBoundingClientRect().bottom > top);
    });
    return inSight === before;
  };
  await expect.poll(rests, { interval: 200 }).toBe(true);
  const before = inSight;
  expect(before).toBeGreaterThan(100);
  await talk(link.invite, 40);
  await said(olga, "Number 40.").waitFor();
  await box.waitFor({ state: "detached" });
  await bring(olga, box, -400);
  await expect.poll(rests, { interval: 200 }).toBe(true);
  expect(Math.abs(inSight - before), `${before} and ${inSight}`).toBeLessThanOrEqual(2);
});
