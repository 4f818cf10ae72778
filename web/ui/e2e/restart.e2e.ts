import { expect, test } from "vitest";

import { said } from "./browser.ts";
import { guest, host, people, write } from "./people.ts";
import { startRestartable } from "./server.ts";
import { share } from "./share.ts";

test("a server that is killed in mid-turn comes back, and nothing is lost or doubled", async () => {
  const server = await startRestartable();
  try {
    const link = await share(server.url, "prompt_direct");
    const [olga, ben] = [await host(link.host), await guest(link.invite, "Ben")];
    await write(ben, "People", "Before");
    await said(olga, "Before").waitFor();
    await write(olga, "Agent", "long");
    await said(ben, "share its attention").first().waitFor();

    await server.kill();
    await olga.getByText("Connection lost").waitFor();
    await write(ben, "People", "Meanwhile");
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
    // The browsers say for themselves that there was no server.
    for (const p of people)
      p.complaints = p.complaints.filter(
        (c) => !/ERR_CONNECTION|ERR_EMPTY|WebSocket connection/.test(c),
      );
  } finally {
    await server.stop();
  }
});
