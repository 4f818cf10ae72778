import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { decide } from "./cards.ts";
import { guest, host, more, visitor, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share, talk } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

async function leave(page: Page): Promise<void> {
  await more(page, "Leave the session");
  await page.getByRole("dialog").getByRole("button", { name: "Leave the session" }).click();
}

async function close(page: Page): Promise<void> {
  await more(page, "Close the session for everyone");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: "Close the session for everyone" })
    .click();
}

/** Opens the dialog that asks before a participant is removed. */
async function asksToRemove(page: Page, name: string) {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Remove from the session" }).click();
  return page.getByRole("dialog");
}

describe("a removal", () => {
  test("replaces the invite, shows the host the new one, and tells the removed guest why", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    const dialog = await asksToRemove(olga, "Ben");
    await expectAccessible(olga, "the question before a removal");
    expect(await dialog.getByLabel("Replace the invite link").isChecked()).toBe(true);
    await dialog.getByLabel("Reason (optional, visible to everyone)").fill("Posted spam");
    await dialog.getByRole("button", { name: "Remove from the session" }).click();
    await olga.getByRole("dialog", { name: "Ben was removed" }).waitFor();
    await expectAccessible(olga, "the link after a removal");
    const invite = await dialog.getByLabel("Invite link", { exact: true }).textContent();
    expect(invite).toMatch(/#i=/);
    expect(invite).not.toBe(link.invite);
    await dialog.getByRole("button", { name: "Done" }).click();
    await said(olga, "Ben was removed: Posted spam").waitFor();

    await ben.getByRole("heading", { name: "The host has removed you" }).waitFor();
    await ben.getByText("“Posted spam”").waitFor();
    const again = await visitor(server.url);
    await again.goto(link.invite);
    await again.getByRole("heading", { name: "This invite is no longer valid" }).waitFor();
    const cem = await guest(invite!, "Cem");
    await said(cem, "Ben was removed: Posted spam").waitFor();

    // Wherever the page shows a link, it shows the one that lets people in.
    for (const page of [olga, cem]) {
      await page.getByRole("button", { name: "Invite", exact: true }).click();
      expect(
        await page.getByRole("dialog").getByLabel("Invite link", { exact: true }).textContent(),
      ).toBe(invite);
      await page.keyboard.press("Escape");
    }
  });

  test("keeps the invite if the host chooses so", async () => {
    const link = await share(server.url);
    const [olga, ann] = await Promise.all([host(link.host), guest(link.invite, "Ann")]);
    await guest(link.invite, "Ben");
    const dialog = await asksToRemove(olga, "Ben");
    await dialog.getByLabel("Replace the invite link").uncheck();
    await dialog.getByText("including this person under another name").waitFor();
    await dialog.getByRole("button", { name: "Remove from the session" }).click();
    await dialog.waitFor({ state: "detached" });
    await guest(link.invite, "Cem");
    await said(ann, "Cem joined").waitFor();
  });

  test("invalidates the links that others know, and their pages say so", async () => {
    const link = await share(server.url);
    const [olga, ann] = await Promise.all([host(link.host), guest(link.invite, "Ann")]);
    await guest(link.invite, "Ben");
    await ann.getByRole("button", { name: "Invite", exact: true }).click();
    await ann.getByRole("dialog").getByLabel("Invite link", { exact: true }).waitFor();
    const dialog = await asksToRemove(olga, "Ben");
    await dialog.getByRole("button", { name: "Remove from the session" }).click();
    await ann.getByText("was replaced and no longer works").waitFor();
    await ann.reload();
    await ann.getByRole("button", { name: "Invite", exact: true }).click();
    await ann.getByText("Ask the host for the current one").waitFor();
  });
});

describe("a host who leaves", () => {
  test("is told what happens to what waits, and returns by the own link", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await ben.getByText("Olga approves prompts and answers the agent.").waitFor();
    await write(ben, "Agent", "Add a test");
    await olga.getByRole("button", { name: "Approve" }).waitFor();
    await more(olga, "Leave the session");
    const dialog = olga.getByRole("dialog");
    await dialog.getByText("1 proposal is waiting for you and stays open").waitFor();
    const own = await dialog.getByLabel("Your own link").textContent();
    expect(own).toBe(link.host);
    await expectAccessible(olga, "the question before the host leaves");
    await dialog.getByRole("button", { name: "Leave the session" }).click();
    await olga.getByRole("heading", { name: "You have left your session" }).waitFor();
    await expectAccessible(olga, "a host who has left");

    await ben.getByText("Olga has left. Nobody can approve prompts").waitFor();
    await ben.getByText("Nobody can decide: Olga has left.").waitFor();
    await expectAccessible(ben, "a room without its host");

    // A reload of the page is not a decision, and does not do it.
    await olga.reload();
    await olga.getByRole("heading", { name: "You have left your session" }).waitFor();
    await olga.getByRole("button", { name: "Return as the host" }).click();
    await decide(olga.getByRole("button", { name: "Approve" }));
    await ben.getByText("approved by Olga").waitFor();
    await ben.getByText("Olga approves prompts and answers the agent.").waitFor();
  });

  test("returns in another browser with only the link", async () => {
    const link = await share(server.url);
    const ben = await guest(link.invite, "Ben");
    const first = await host(link.host);
    await leave(first);
    await said(ben, "Olga left").waitFor();
    const other = await host(link.host);
    await write(other, "People", "Here again");
    await said(ben, "Here again").waitFor();
  });

  test("may read without returning", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await leave(olga);
    await olga.getByRole("button", { name: "Keep reading" }).click();
    await olga.getByText("You have left. You can still read along.").waitFor();
    await write(ben, "People", "Still here");
    await said(olga, "Still here").waitFor();
    await ben.getByText("Nobody can decide: Olga has left.").waitFor();
  });
});

describe("the history", () => {
  test("stays readable to a guest who left, while the session continues", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await write(ben, "Agent", "Add a test");
    await leave(ben);
    await ben.getByRole("button", { name: "Keep reading" }).click();
    await write(olga, "People", "Ben is gone");
    await said(ben, "Ben is gone").waitFor();
    await ben.getByText("You have left. You can still read along.").waitFor();
    await ben.getByText("Read only").waitFor();
    expect(await ben.getByRole("button", { name: "Withdraw" }).count()).toBe(0);
    await expectAccessible(ben, "a room that one only reads");
    await olga.getByRole("button", { name: "1 guest has left" }).click();
    await olga.getByRole("button", { name: "Remove Ben, who has left" }).waitFor();
    await expectAccessible(olga, "guests who have left");
    await olga.getByRole("button", { name: "Remove Ben, who has left" }).click();
    const dialog = olga.getByRole("dialog");
    await dialog.getByRole("button", { name: "Remove from the session" }).click();
    await ben.getByRole("heading", { name: "The host has removed you" }).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await olga
      .getByRole("listitem")
      .filter({ hasText: "Ben" })
      .filter({ hasText: "removed" })
      .waitFor();
    await olga
      .getByRole("button", { name: "Remove Ben, who has left" })
      .waitFor({ state: "detached" });
  });

  test("stays readable from its beginning after the session is closed, even after a reload", async () => {
    const link = await share(server.url);
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await write(ben, "Agent", "Add a test");
    await olga.getByRole("button", { name: "1 waiting for you" }).waitFor();
    await talk(link.invite, 300);
    await said(olga, "Number 300.").waitFor();
    await close(olga);
    await olga.getByText("This session is closed. You can still read it.").waitFor();
    for (const again of [false, true]) {
      if (again) await olga.reload();
      await said(olga, "The session was closed").waitFor();
      await toTheTop(olga);
      await said(olga, "The session was created").waitFor();
      await said(olga, "Number 1.").waitFor();
      await olga.getByText("Not decided").waitFor();
    }
    await expectAccessible(olga, "a closed room");
  });
});

/** Scrolls up until there are no older rows. */
async function toTheTop(page: Page): Promise<void> {
  const created = said(page, "The session was created");
  const log = page.getByRole("region", { name: "Conversation" });
  await log.hover();
  for (let tries = 0; tries < 200 && (await created.count()) === 0; tries++) {
    await page.mouse.wheel(0, -4_000);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  }
}

test("two people with the same name can be told apart", async () => {
  const link = await share(server.url);
  await guest(link.invite, "Ben");
  const second = await guest(link.invite, "Веn"); // its first letters are Cyrillic
  await second.getByText("Веn (2)").first().waitFor();
});
