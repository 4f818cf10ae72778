import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { host, more, visitor, write } from "./people.ts";
import { startRestartable, type Restartable } from "./server.ts";
import { share } from "./share.ts";

let server: Restartable;
let dir: string;
const agent = `${process.execPath} ${fileURLToPath(new URL("slow.mjs", import.meta.url))}`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "parley-slow-"));
  server = await startRestartable(
    ...["--silence-after", "2s"],
    ...["--agent", `slow=${agent} ${join(dir, "ready")}`],
    ...["--agent", `locked=${agent}`],
  );
});

afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function shares(agent: string): Promise<Page> {
  const page = await visitor(server.url);
  await page.goto(server.url);
  await page.getByRole("button", { name: "Share a session" }).click();
  await page.getByLabel("Your name").fill("Olga");
  await page.getByLabel("Agent", { exact: true }).selectOption(agent);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  return page;
}

async function running(): Promise<unknown[]> {
  const answer = await fetch(`${server.url}/api/sessions`);
  return ((await answer.json()) as { sessions: unknown[] }).sessions;
}

test("sharing an agent that cannot start shows the reason", async () => {
  const page = await shares("locked");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("alert").getByText("Authentication required").waitFor();
  await dialog.getByRole("button", { name: "Sign in: Log in with Kestrel" }).waitFor();
  const why = await dialog.getByRole("alert").innerText();
  expect(why, "the list says how to sign in").not.toContain("Kestrel");
});

test("a slow start of an agent shows what it waits for, and can be given up", async () => {
  const page = await shares("slow");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Starting slow.").waitFor();
  await dialog.getByText("will be installed: kestrel").waitFor();
  await expectAccessible(page, "a start that takes long");
  await dialog.getByRole("button", { name: "Give up" }).click();
  await dialog.getByRole("button", { name: "Share", exact: true }).isEnabled();
  await dialog.getByText("Starting slow.").waitFor({ state: "detached" });
  expect(await dialog.getByRole("alert").count()).toBe(0);

  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByText("Starting slow.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(running, { timeout: 10_000 }).toEqual([]); // closing the dialog ends the agent

  await page.getByRole("button", { name: "Share a session" }).click();
  await page.getByLabel("Your name").fill("Olga");
  await page.getByLabel("Agent", { exact: true }).selectOption("slow");
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByText("Starting slow.").waitFor();
  await writeFile(join(dir, "ready"), "");
  await page.getByRole("dialog", { name: "Your session is ready" }).waitFor();
});

test("the silence of an agent is not shown after its session is closed", async () => {
  await writeFile(join(dir, "ready"), "");
  const olga = await host((await share(server.url, "prompt_direct", "slow")).host);
  await write(olga, "Agent", "think");
  await olga.getByText(/^The agent has been silent for \d+ s$/).waitFor();
  await more(olga, "Close the session for everyone");
  await olga
    .getByRole("dialog")
    .getByRole("button", { name: "Close the session for everyone" })
    .click();
  await olga.getByText("This session is closed.").waitFor();
  await olga.getByText(/^The agent has said nothing/).waitFor({ state: "detached" });
});

test("an agent that is silent in a turn is shown as such, and can be restarted", async () => {
  await writeFile(join(dir, "ready"), "");
  const olga = await host((await share(server.url, "prompt_direct", "slow")).host);
  await write(olga, "Agent", "think");
  await olga.getByText("lines that are not protocol messages").waitFor();
  await olga.getByText(/^The agent has been silent for \d+ s$/).waitFor();
  await expectAccessible(olga, "a silent agent");
  await olga.getByRole("button", { name: "Restart the agent" }).click();
  const dialog = olga.getByRole("dialog", { name: "Restart the agent?" });
  await dialog.getByRole("button", { name: "Restart the agent" }).click();
  await olga.getByText("the agent was restarted").first().waitFor();
  await olga.getByText(/^The agent has said nothing/).waitFor({ state: "detached" });
  await write(olga, "Agent", "again");
  await olga.getByText("does not remember what was said before").waitFor();
});
