import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { host, more, visitor } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

interface HostSession {
  id: string;
  agent: string;
}

async function agentsOn(server: string): Promise<HostSession[]> {
  const answer = await fetch(`${server}/api/sessions`);
  return ((await answer.json()) as { sessions: HostSession[] }).sessions;
}

async function shareOn(server: string, hostSessionId: string, hostUserId: string): Promise<void> {
  await fetch(`${server}/api/shared-sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ hostSessionId, hostUserId }),
  });
}

/** Returns the state of a button at the moment when it appears. */
function appearance(page: Page, text: string): Promise<string> {
  return page.evaluate(
    (text) =>
      new Promise<string>((resolve) => {
        new MutationObserver((_, observer) => {
          const all = [...document.querySelectorAll("button")];
          const button = all.find((b) => b.textContent === text);
          if (!button) return;
          observer.disconnect();
          resolve(button.disabled ? "disabled" : "enabled");
        }).observe(document.body, { subtree: true, childList: true });
      }),
    text,
  );
}

test("an agent is ended from the start page, which lists its open sessions", async () => {
  await share(server.url, "prompt_direct", "fast");
  const before = await agentsOn(server.url);
  const page = await visitor(server.url);
  await page.goto(server.url);
  const end = page
    .getByRole("region", { name: "Running agents" })
    .getByRole("button", { name: "End fast…" });
  await end.waitFor();
  await shareOn(server.url, before.find((a) => a.agent === "fast")!.id, "zoe"); // since the page was loaded
  await end.click();
  const dialog = page.getByRole("dialog", { name: "End fast?" });
  await dialog.getByText("These 2 open sessions use it.").waitFor();
  for (const whose of ["olga", "zoe"])
    await dialog.getByRole("listitem").getByText(`${whose}'s session`).waitFor();
  await expectAccessible(page, "the question before an agent ends");

  // The held key that opened the dialog does not end the agent.
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  const ids = (agents: { id: string }[]) => agents.map((a) => a.id);
  expect(ids(await agentsOn(server.url))).toEqual(ids(before));

  const appeared = appearance(page, "End the agent");
  await end.click();
  expect(await appeared, "nobody can have read the question yet").toBe("disabled");
  const yes = dialog.getByRole("button", { name: "End the agent" });
  await yes.click(); // once that is possible
  await dialog.waitFor({ state: "detached" });
  await end.waitFor({ state: "detached" });
  expect(await agentsOn(server.url)).toHaveLength(before.length - 1);
});

test("ending the agent's process in a room lists its other sessions", async () => {
  const first = await share(server.url, "prompt_direct", "fast");
  const at = new URL(first.host);
  const room = (await (
    await fetch(`${at.origin}/api/shared-sessions/${at.pathname.split("/")[2]}`)
  ).json()) as { session: { hostSessionId: string } };
  await shareOn(server.url, room.session.hostSessionId, "zoe");
  const olga = await host(first.host);
  await more(olga, "End the agent's process");
  const dialog = olga.getByRole("dialog", { name: "End the agent's process?" });
  await dialog.getByRole("button", { name: "End the agent's process" }).waitFor();
  expect(
    await dialog
      .getByRole("button", { name: "Cancel" })
      .evaluate((b) => b === document.activeElement),
    "a held key goes to the way out",
  ).toBe(true);
  await dialog.getByText("It also works for these sessions:").waitFor();
  expect(await dialog.getByRole("listitem").allTextContents()).toEqual(["zoe's session"]);
});
