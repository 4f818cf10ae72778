import { mkdir } from "node:fs/promises";

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessibleInBothSchemes } from "./axe.ts";
import { said, to } from "./browser.ts";
import { decide, settled } from "./cards.ts";
import { guest, host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

/** Takes a picture if PARLEY_PICTURES names a directory. */
async function picture(page: Page, name: string): Promise<void> {
  const dir = process.env.PARLEY_PICTURES;
  if (!dir) return;
  await mkdir(dir, { recursive: true });
  await page.screenshot({ path: `${dir}/${name}.png` });
}

/** Draws an image in the page, and puts it on the page as if it was pasted or dropped. */
async function give(page: Page, how: "paste" | "drop", name: string): Promise<void> {
  await page.evaluate(
    async ([how, name]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [240, 120];
      const context = canvas.getContext("2d")!;
      context.fillStyle = "teal";
      context.fillRect(20, 20, 200, 80);
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done));
      const data = new DataTransfer();
      data.items.add(new File([blob!], name, { type: "image/png" }));
      const target = document.querySelector(".composer textarea")!;
      const init = { bubbles: true, cancelable: true };
      target.dispatchEvent(
        how === "paste"
          ? new ClipboardEvent("paste", { ...init, clipboardData: data })
          : new DragEvent("drop", { ...init, dataTransfer: data }),
      );
    },
    [how, name] as const,
  );
}

/** The size of a file that is ready to be sent. */
const ready = /\d (bytes|KiB)$/;

function attaching(page: Page): Locator {
  return page.locator(".composer").getByRole("list", { name: "Attachments" }).getByRole("listitem");
}

/** Waits until an image is shown, and returns its width. */
async function widthOf(image: Locator): Promise<number> {
  await image.waitFor();
  await expect.poll(() => image.evaluate((i: HTMLImageElement) => i.complete)).toBe(true);
  return image.evaluate((i: HTMLImageElement) => i.naturalWidth);
}

test("a pasted screenshot is seen before it is approved, reaches the agent and comes back", async () => {
  const link = await share(server.url, "prompt_with_approval", "fast");
  const olga = await host(link.host);
  const ann = await guest(link.invite, "Ann");
  await to(ann, "Agent");
  await give(ann, "paste", "screenshot.png");
  await attaching(ann).getByText(ready).waitFor();
  expect(await widthOf(attaching(ann).locator("img"))).toBe(240);
  await expectAccessibleInBothSchemes(ann, "attaching");
  await picture(ann, "attaching");
  await write(ann, "Agent", "Look");

  const card = olga.locator(".wait", { hasText: "Ann proposes" });
  expect(await widthOf(card.getByRole("img", { name: "Image: screenshot.png" }))).toBe(240);
  await card.getByText("240 × 120").waitFor();
  await picture(olga, "attached-card");
  await card.getByRole("button", { name: "Show screenshot.png whole" }).click();
  const whole = olga.getByRole("dialog", { name: "screenshot.png" });
  expect(await widthOf(whole.locator("img"))).toBe(240);
  await olga.keyboard.press("Escape");
  await whole.waitFor({ state: "detached" });
  await decide(card.getByRole("button", { name: "Approve", exact: false }).first());
  await said(olga, "240 × 120 pixels").waitFor();
  expect(await widthOf(olga.locator("img.picture"))).toBe(240);
  const row = ann.getByRole("article", { name: /Ann/ }).filter({ hasText: "Look" });
  expect(await widthOf(row.getByRole("img", { name: "Image: screenshot.png" }))).toBe(240);
  expect(await row.textContent()).not.toContain("[Attachment");
  await expectAccessibleInBothSchemes(ann, "attached");
  await picture(ann, "attached");
});

test("files are dropped, chosen, refused, removed, kept through a reload and sent to people", async () => {
  const link = await share(server.url, "comment_only", "fast");
  const olga = await host(link.host);
  const ann = await guest(link.invite, "Ann");
  await give(ann, "drop", "drawing.png");
  const input = ann.locator('.composer input[type="file"]').first();
  const page = "<!DOCTYPE html><script>document.title = 'taken over'</script>";
  await input.setInputFiles([
    { name: "page.html", mimeType: "text/html", buffer: Buffer.from(page) },
    { name: "large.bin", mimeType: "", buffer: Buffer.alloc(10 * 2 ** 20 + 1) },
  ]);
  await attaching(ann).filter({ hasText: "too large" }).waitFor();
  expect(await ann.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await ann.getByRole("button", { name: "Remove large.bin" }).click();
  await expect.poll(() => attaching(ann).filter({ hasText: ready }).count()).toBe(2);
  await ann.reload();
  await expect.poll(() => attaching(ann).count()).toBe(2);
  expect(await widthOf(attaching(ann).locator("img"))).toBe(240);
  await ann.getByRole("button", { name: "Send" }).click();
  await expect.poll(() => attaching(ann).count()).toBe(0);

  const message = olga.getByRole("article", { name: "Ann" });
  expect(await widthOf(message.getByRole("img", { name: "Image: drawing.png" }))).toBe(240);
  expect(await message.textContent()).not.toContain("[Attachment");
  await message.getByRole("button", { name: "Show", exact: true }).click();
  await message.getByText("document.title").waitFor();
  const saving = olga.waitForEvent("download");
  await message.getByRole("button", { name: "Download page.html" }).click();
  expect((await saving).suggestedFilename()).toBe("page.html");
  expect(await olga.title()).not.toBe("taken over");
  await picture(olga, "attached-chat");
});

test("an upload that fails can be tried again, and one that takes long can be cancelled", async () => {
  const link = await share(server.url, "comment_only", "fast");
  const ann = await guest(link.invite, "Ann");
  let fail = true;
  const full = JSON.stringify({ error: "the disk is full", code: "STORAGE_FULL", retryable: true });
  await ann.route("**/attachments?*", async (route) => {
    if (fail) await route.fulfill({ status: 507, body: full });
    else await route.continue();
  });
  await give(ann, "paste", "a.png");
  const one = attaching(ann).filter({ hasText: "a.png" });
  await one.getByRole("alert").getByText("no room for more files").waitFor();
  fail = false;
  await one.getByRole("button", { name: "Try again" }).click();
  await one.getByText(ready).waitFor();
  let held: () => void = () => {};
  await ann.unroute("**/attachments?*");
  await ann.route("**/attachments?*", async (route) => {
    await new Promise<void>((done) => (held = done));
    await route.continue().catch(() => {}); // it was cancelled
  });
  await give(ann, "paste", "b.png");
  const other = attaching(ann).filter({ hasText: "b.png" });
  await other.getByRole("progressbar", { name: "Upload of b.png" }).waitFor();
  expect(await ann.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await ann.getByRole("button", { name: "Cancel the upload of b.png" }).click();
  await other.waitFor({ state: "detached" });
  held();
  expect(await ann.getByRole("button", { name: "Send" }).isDisabled()).toBe(false);
});

test("a proposal cannot be approved before its image is loaded", async () => {
  const link = await share(server.url, "prompt_with_approval", "fast");
  const olga = await host(link.host);
  const ann = await guest(link.invite, "Ann");
  let release: () => void = () => {};
  const released = new Promise<void>((done) => (release = done));
  await olga.route("**/attachments/*", async (route) => {
    await released;
    await route.continue();
  });
  await to(ann, "Agent");
  await give(ann, "paste", "late.png");
  await attaching(ann).getByText(ready).waitFor();
  await write(ann, "Agent", "Look");
  const card = olga.locator(".wait", { hasText: "Ann proposes" });
  await settled(card);
  const approve = card.getByRole("button", { name: "Approve" });
  expect(await approve.getAttribute("aria-disabled")).toBe("true");
  release();
  expect(await widthOf(card.getByRole("img", { name: "Image: late.png" }))).toBe(240);
  await expect.poll(() => approve.getAttribute("aria-disabled")).toBe(null);
});
