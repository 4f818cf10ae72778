import { mkdir } from "node:fs/promises";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessibleInBothSchemes } from "./axe.ts";
import { said } from "./browser.ts";
import { decide } from "./cards.ts";
import { guest, host, more, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

/** Takes a picture, in the dark too, if PARLEY_PICTURES names a directory. */
async function picture(page: Page, name: string): Promise<void> {
  const dir = process.env.PARLEY_PICTURES;
  if (!dir) return;
  await mkdir(dir, { recursive: true });
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    await page.screenshot({ path: `${dir}/${name}-${colorScheme}.png` });
  }
}

test("people review what the agent has changed, and see each other's marks", async () => {
  const link = await share(server.url, "prompt_direct", "demo");
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await write(olga, "Agent", "diff");
  await decide(olga.getByRole("button", { name: "Always allow" }));
  await said(olga, "I have made both changes").waitFor();
  await olga.getByRole("button", { name: "Changes", exact: true }).click();
  await more(ben, "Changes of files");
  const doc = (page: Page) =>
    page.getByRole("dialog").getByRole("region", { name: "basket/doc.go" });
  const item = (page: Page) =>
    page.getByRole("dialog").getByRole("region", { name: "basket/item.go" });
  await doc(olga).getByText("// Package basket").waitFor();
  await item(olga).locator(".d-word", { hasText: "is below zero" }).waitFor();
  await item(olga).locator(".hljs-keyword", { hasText: "import" }).first().waitFor();
  await expectAccessibleInBothSchemes(olga, "a review");
  await picture(olga, "review");

  // By keyboard: to the second file, mark it, and change the columns.
  await olga.getByRole("region", { name: "What has changed" }).focus();
  for (const key of ["j", "j", "r"]) await olga.keyboard.press(key);
  await item(ben).getByText("Reviewed by Olga").waitFor();
  await olga.getByText("1 of 2 reviewed").waitFor();
  expect(await item(ben).getByRole("checkbox").isDisabled()).toBe(true); // it is Olga's mark
  await olga.keyboard.press("s");
  await olga.locator(".patch-split").waitFor();
  await doc(ben).getByRole("checkbox").click();
  await doc(olga).getByText("Reviewed by Ben").waitFor();
  await doc(olga).getByRole("button", { name: "basket/doc.go" }).click(); // unfolds it
  await picture(olga, "review-split");

  await olga.getByText("One turn").click();
  await olga.getByLabel("Turn", { exact: true }).waitFor();
  await item(olga).getByText("Reviewed by Olga").waitFor(); // the same change of the same file
  await olga.getByText("Uncommitted").click();
  await olga.getByRole("region", { name: "basket/total.go" }).waitFor();
  await olga.keyboard.press("Escape");
  await olga.getByRole("dialog").waitFor({ state: "detached" });

  await ben.setViewportSize({ width: 390, height: 844 });
  await doc(ben).waitFor();
  const { scroll, client } = await ben.evaluate(() => {
    const { scrollWidth: scroll, clientWidth: client } = document.documentElement;
    return { scroll, client };
  });
  expect(scroll).toBe(client);
  await picture(ben, "review-phone");
});

test("a directory without changes says so", async () => {
  const link = await share(server.url, "prompt_direct", "demo");
  const olga = await host(link.host);
  await olga.getByRole("button", { name: "Changes", exact: true }).click();
  await olga.getByText("No file has changed.").waitFor();
});
