import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { HostSession } from "parley-client";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessibleInBothSchemes } from "./axe.ts";
import { visitor } from "./people.ts";
import { startRestartableIn, type Restartable } from "./server.ts";

let server: Restartable;
let base: string;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "parley-directories-")));
  for (const dir of ["web", "docs", ".cache"])
    await mkdir(join(base, "shop", dir), { recursive: true });
  const listing = fileURLToPath(new URL("listing.mjs", import.meta.url));
  server = await startRestartableIn(
    join(base, "shop"),
    "--agent",
    `listing=${process.execPath} ${listing}`,
  );
});

afterAll(async () => {
  await server?.stop();
  await rm(base, { recursive: true, force: true });
});

test("the start dialog completes the working directory, explains a refusal, and remembers the choice", async () => {
  const page = await visitor(server.url);
  const openDialog = async () => {
    await page.goto(server.url);
    await page.getByRole("button", { name: "Share a session" }).click();
    await page.getByRole("dialog").getByLabel("Agent", { exact: true }).selectOption("listing");
    return page.getByRole("dialog");
  };
  const shop = join(base, "shop");
  let dialog = await openDialog();
  await dialog.getByLabel("Your name").fill("Olga");
  const field = dialog.getByLabel("Working directory", { exact: true });
  expect(await field.getAttribute("placeholder")).toBe(shop);

  await field.click();
  await page.getByRole("option", { name: join(shop, ".cache") }).waitFor();
  const offered = await page.getByRole("listbox").getByRole("option").allTextContents();
  expect(offered).toEqual([shop, join(shop, "docs"), join(shop, "web"), join(shop, ".cache")]);
  await expectAccessibleInBothSchemes(page, "a list of directories");

  await field.fill(base);
  await field.press("Escape");
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByText(`Allowed is what is inside ${shop}.`).waitFor();

  await field.fill("we");
  await page.getByRole("option", { name: join(shop, "web") }).click();
  expect(await field.inputValue()).toBe(join(shop, "web"));
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByRole("link", { name: "Enter the room" }).waitFor();
  const answer = await fetch(`${server.url}/api/sessions`);
  const { sessions } = (await answer.json()) as { sessions: HostSession[] };
  expect(sessions[0]?.facts.cwd).toBe(join(shop, "web"));

  dialog = await openDialog();
  const again = dialog.getByLabel("Working directory", { exact: true });
  expect(await again.inputValue()).toBe(join(shop, "web"));

  await dialog.getByRole("button", { name: "Earlier sessions of this agent" }).click();
  await dialog.getByLabel("Continue").click();
  const earlier = page.getByRole("option", { name: "Repair the basket" });
  await earlier.waitFor();
  expect(await earlier.textContent()).toMatch(new RegExp(`2026.* · ${join(shop, "docs")}$`));
  await expectAccessibleInBothSchemes(page, "a list of earlier sessions");
  await earlier.click();
  await dialog.getByText(join(shop, "docs")).waitFor();
  expect(await again.count(), "the session has its directory already").toBe(0);
});
