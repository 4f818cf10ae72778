import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { guest, host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

const about = (page: Page) => page.getByRole("button", { name: "About the agent" });

test("people see the agent's name, its settings and its other facts", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await host(link.host);
  await olga.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(() => about(olga).innerText()).toMatch(/Demo agent 1\s+Ask\s+Storyteller/);

  await write(olga, "Agent", "help");
  await said(olga, "Done in").waitFor();
  await expect.poll(() => about(olga).innerText()).toContain("$0.0004");
  await expectAccessible(olga, "with what is known of the agent");

  const ben = await guest(link.invite, "Ben"); // and so does a guest who joins later
  await ben.setViewportSize({ width: 1440, height: 900 });
  await about(ben).click();
  const panel = ben.getByRole("dialog");
  for (const text of [
    "Demo agent 1",
    "Asks before it changes anything",
    "of 200,000 tokens",
    "/permission",
    "asks before it runs a command",
  ])
    await panel.getByText(text).first().waitFor();
  await expectAccessible(ben, "with the panel of the agent");
  await ben.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });

  await ben.setViewportSize({ width: 390, height: 844 });
  await about(ben).getByText("Ask", { exact: true }).waitFor();
  const { left, right } = await ben
    .locator(".room-state")
    .evaluate((e) => e.getBoundingClientRect().toJSON() as { left: number; right: number });
  expect(left >= 0 && right <= 390, "it is on the screen").toBe(true);
});

test("a mode that never asks is marked, wide and narrow", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await host(link.host);
  await write(olga, "Agent", "mode");
  await said(olga, "The agent changed its mode: Auto (never asks)").waitFor();
  await olga.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(() => about(olga).innerText()).toMatch(/Auto\s+never asks/);
  await olga.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => about(olga).innerText()).toContain("Auto");
  await about(olga).click();
  await olga.getByText("it does not ask for permission").waitFor();
  const { left, right } = await olga
    .getByRole("dialog")
    .evaluate((e) => e.getBoundingClientRect().toJSON() as { left: number; right: number });
  expect(left >= 0 && right <= 390, "the panel is on the screen").toBe(true);
});

test("a room has its agent's title, unless a person has given it one", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await host(link.host);
  await write(olga, "Agent", "help with the discount");
  await expect
    .poll(() => olga.getByRole("heading", { level: 1 }).innerText())
    .toBe("help with the discount");

  const named = await host(server.host);
  await write(named, "Agent", "help with the discount");
  await said(named, "Done in").waitFor();
  await expect.poll(() => named.getByRole("heading", { level: 1 }).innerText()).toBe("Demo");
});

test("the host sets the agent's options, and everyone sees who changed what", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await host(link.host);
  const ben = await guest(link.invite, "Ben");
  await about(olga).click();
  const panel = olga.getByRole("dialog");
  await panel.getByRole("button", { name: "Model: Storyteller. Change" }).click();
  await expectAccessible(olga, "with the values of an option");
  await panel.getByRole("button", { name: "Storyteller mini" }).click();
  await said(ben, "Olga set Model to Storyteller mini").waitFor();
  await panel.getByRole("button", { name: "Model: Storyteller mini. Change" }).click();
  await panel.getByRole("button", { name: "Storyteller max" }).click();
  await panel.getByText("Not set to Storyteller max").waitFor();
  await said(ben, "The agent did not set Model to Storyteller max, as Olga asked").waitFor();
  await panel.getByRole("switch", { name: "Hurry" }).click({ force: true });
  await said(ben, "Olga set Hurry to On").waitFor();
  await expectAccessible(olga, "with an option that was not set");

  await about(ben).click();
  const guests = ben.getByRole("dialog");
  await guests.getByText("Storyteller mini").first().waitFor();
  expect(await guests.getByRole("button", { name: /Change/ }).count()).toBe(0);
  expect(await guests.getByRole("switch").count()).toBe(0);

  await olga.setViewportSize({ width: 390, height: 844 });
  await panel.getByRole("button", { name: "Mode: Ask. Change" }).click();
  await panel.getByRole("button", { name: "Auto" }).click();
  await said(ben, "Olga set Mode to Auto").waitFor();
});

test("the host signs in to the agent, and the failed prompt is sent again", async () => {
  const link = await share(server.url, "prompt_direct", "demo"); // its command is "parley"
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await write(ben, "Agent", "signout");
  await said(ben, "You are signed out").waitFor();
  await write(ben, "Agent", "help");
  await ben.getByText("The host can sign in.").first().waitFor();
  await olga.getByRole("button", { name: "Sign in…" }).click();
  const dialog = olga.getByRole("dialog");
  const command = dialog.getByLabel("Command of In a terminal");
  expect(await command.innerText()).toBe("parley demo-agent --login");
  await dialog.getByText("DEMO_AGENT_KEY").waitFor();
  await dialog.getByRole("button", { name: "Sign in: Closed account" }).click();
  await dialog.getByRole("alert").getByText("That did not work: this account was closed").waitFor();
  await expectAccessible(olga, "a sign-in that has failed");
  await ben.getByText("could not sign in to the agent: this account was closed").waitFor();
  await dialog.getByRole("button", { name: "Sign in: Demo account" }).click();
  await ben.getByText("signed in to the agent").last().waitFor();
  await ben.getByRole("button", { name: "Send it again" }).click();
  await said(ben, "lists what this agent can show").waitFor();
});
