import { mkdir } from "node:fs/promises";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessibleInBothSchemes } from "./axe.ts";
import { said } from "./browser.ts";
import { host } from "./people.ts";
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

test("the agent's commands are suggested, and chosen with the keyboard", async () => {
  const link = await share(server.url, "prompt_with_approval", "fast");
  const olga = await host(link.host);
  const prompt = olga.getByLabel("Prompt", { exact: true });
  await prompt.click();
  await olga.keyboard.type("/p");
  const list = olga.getByRole("listbox", { name: "Suggestions" });
  await list.getByRole("option", { name: /^\/plan/ }).waitFor();
  await expectAccessibleInBothSchemes(olga, "suggestions");
  await picture(olga, "suggestions");
  const active = () => prompt.getAttribute("aria-activedescendant");
  const first = await active();
  await olga.keyboard.press("ArrowDown");
  expect(await active()).not.toBe(first);
  await olga.keyboard.press("Escape"); // closes the list, and keeps the text
  await list.waitFor({ state: "detached" });
  expect(await prompt.inputValue()).toBe("/p");

  await olga.keyboard.type("la");
  await list.getByRole("option").first().waitFor();
  await olga.keyboard.press("Enter");
  expect(await prompt.inputValue()).toBe("/plan ");
  await olga.locator(".command-hint").getByText("what to plan").waitFor();
  await olga.keyboard.type("a trip");
  await picture(olga, "command-hint");
  await olga.keyboard.press("Enter");
  await said(olga, "Here is my plan").waitFor();
});

test("files of the working directory are suggested after an @", async () => {
  const link = await share(server.url, "prompt_with_approval", "demo");
  const olga = await host(link.host);
  const prompt = olga.getByLabel("Prompt", { exact: true });
  await prompt.click();
  await olga.keyboard.type("help with @bask");
  const list = olga.getByRole("listbox", { name: "Suggestions" });
  await list.getByRole("option", { name: "basket/item.go" }).waitFor();
  await picture(olga, "suggested-files");
  await list.getByRole("option", { name: "basket/total.go" }).click(); // by mouse or finger
  expect(await prompt.inputValue()).toBe("help with @basket/total.go ");
  await list.waitFor({ state: "detached" });
  await olga.keyboard.press("Enter");
  await olga.locator(".attachments .file-facts", { hasText: "basket/total.go" }).waitFor();
});
