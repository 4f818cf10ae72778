import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { said } from "./browser.ts";
import { guest, host, people, write } from "./people.ts";
import { startRestartable } from "./server.ts";
import { share } from "./share.ts";

test("after a server is killed in mid-turn, nothing is lost or doubled", async () => {
  const server = await startRestartable();
  try {
    const link = await share(server.url, "prompt_direct", "demo"); // its turns take a while
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await write(ben, "People", "Before");
    await said(olga, "Before").waitFor();
    await write(olga, "Agent", "long");
    await said(ben, "share its attention").first().waitFor();

    await server.kill();
    await olga.getByText("Connection lost").waitFor();
    await write(ben, "People", "Meanwhile");
    await ben.getByText("1 message will be sent when you are back").waitFor();
    await server.start();

    for (const page of [olga, ben]) {
      await page.getByText("Live", { exact: true }).waitFor();
      await said(page, "Meanwhile").waitFor();
    }
    await said(olga, "Failed").first().waitFor();
    await write(olga, "Agent", "plan");
    await said(ben, "Done in").waitFor();
    for (const page of [olga, ben]) {
      expect(await said(page, "Meanwhile").count()).toBe(1);
      expect(await page.getByRole("listitem").filter({ hasText: "Ben" }).count()).toBe(1);
    }
    forgive();
  } finally {
    await server.stop();
  }
});

test("after an older copy of the journal is restored, all pages show it and say so once", async () => {
  const server = await startRestartable();
  try {
    const link = await share(server.url, "prompt_direct");
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    await write(ben, "People", "Before");
    await write(olga, "Agent", "plan");
    await said(ben, "Done in").waitFor();
    await server.kill();
    await server.backUp();
    await server.start();
    await live(olga, ben);

    const carl = await guest(link.invite, "Carl");
    await write(carl, "People", "Too late");
    await write(ben, "Agent", "markdown");
    for (const page of [olga, ben]) {
      await said(page, "Too late").waitFor();
      await said(page, "Done in").nth(1).waitFor();
    }
    await server.kill();
    await server.restore();
    await server.start();

    await carl.getByRole("heading", { name: "You cannot come back with this link" }).waitFor();
    await live(olga, ben);
    for (const page of [olga, ben]) {
      await page.getByText("The server was restored to an earlier state").waitFor();
      await said(page, "Too late").waitFor({ state: "detached" });
      expect(await page.getByText("The server was restored to an earlier state").count()).toBe(1);
    }
    await write(ben, "People", "Once more");
    for (const page of [olga, ben]) {
      await said(page, "Once more").waitFor();
      for (const line of [
        "The session was created",
        "Ben joined",
        "Before",
        "Done in",
        "Once more",
      ])
        expect(await said(page, line).count(), line).toBe(1);
      expect(await said(page, "Carl joined").count()).toBe(0);
      expect(await page.getByRole("listitem").filter({ hasText: "Carl" }).count()).toBe(0);
    }
    // A guest who is missing in the older copy joins as a new participant.
    await carl.getByRole("button", { name: "Join again" }).click();
    await carl.getByRole("button", { name: "Join the session" }).click();
    await said(carl, "Once more").waitFor();
    forgive();
  } finally {
    await server.stop();
  }
});

async function live(...pages: Page[]): Promise<void> {
  for (const page of pages) await page.getByText("Live", { exact: true }).waitFor();
}

/** Removes the browser's own messages about the missing server. */
function forgive(): void {
  for (const p of people)
    p.complaints = p.complaints.filter(
      (c) => !/ERR_CONNECTION|ERR_EMPTY|WebSocket connection/.test(c),
    );
}
