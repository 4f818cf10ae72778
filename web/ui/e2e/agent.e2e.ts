import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { guest, host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share, talk } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

test("pictures of the agent are shown, in messages and in results of tools", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const ben = await guest(link.invite, "Ben");
  await write(ben, "Agent", "pictures");
  await said(ben, "Done in").waitFor();
  await said(ben, "This is how it looks:").waitFor();
  const inWords = ben.locator(".says").getByRole("img", { name: "Picture from the agent" });
  const ofTool = ben
    .getByRole("region", { name: "Fetch: Take a screenshot" })
    .getByRole("img", { name: "Picture from the agent" });
  for (const picture of [inWords, ofTool]) {
    await picture.waitFor();
    const width = picture.evaluate((img: HTMLImageElement) =>
      img.decode().then(() => img.naturalWidth),
    );
    expect(await width, "it is drawn").toBe(240);
  }
  // A picture that could contain scripts is not shown, but its source can be read.
  await ben.locator(".says").getByRole("button", { name: "Content that this version" }).click();
  await ben.getByText("image/svg+xml").waitFor();
});

test("an unknown update is shown as the agent wrote it", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const ben = await guest(link.invite, "Ben");
  await write(ben, "Agent", "unknown");
  await ben.getByRole("button", { name: "session/count" }).click();
  await ben.getByText('"exact": 12345678901234567890,').waitFor();
  await ben.getByText('"small": 7').waitFor();
  await ben.reload();
  await ben.getByRole("button", { name: "session/count" }).click();
  await ben.getByText('"exact": 12345678901234567890,').waitFor();
});

test("long names and titles do not break the layout", async () => {
  const hostDisplayName = "Wolfeschlegelsteinhausenbergerdorff ".repeat(2).trim();
  const link = await share(server.url, "prompt_direct", "scripted", { hostDisplayName });
  const [olga, ben] = [await host(link.host), await guest(link.invite, "B".repeat(64))];
  await write(ben, "People", "Hello");
  await write(olga, "Agent", "title");
  await said(ben, "Done in").waitFor();
  for (const page of [olga, ben]) {
    for (const width of [390, 800, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      await page.getByRole("button", { name: "More", exact: true }).waitFor();
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll("button, .row, .room-header > *")]
          .filter((e) => e.getClientRects().length > 0 && !e.closest(".hidden-visually"))
          .filter((e) => {
            const { left, right } = e.getBoundingClientRect();
            return left < -1 || right > innerWidth + 1;
          })
          .map((e) => e.className),
      );
      expect(cut, `at ${width}`).toEqual([]);
    }
  }
});

test("a right-to-left name stands beside its face", async () => {
  const link = await share(server.url);
  const olga = await host(link.host);
  await guest(link.invite, "שרה כהן");
  await olga.setViewportSize({ width: 1440, height: 900 });
  const name = olga.locator(".person-name", { hasText: "שרה כהן" });
  const [words, role] = await name.evaluate((e) =>
    [...e.children].map((part) => {
      const text = document.createRange();
      text.selectNodeContents(part);
      return text.getBoundingClientRect().left;
    }),
  );
  expect(Math.abs(words! - role!)).toBeLessThan(4);
});

test("the names of absent people are readable", async () => {
  const link = await share(server.url);
  await talk(link.invite, 1);
  const olga = await host(link.host);
  await olga.setViewportSize({ width: 1440, height: 900 });
  await olga.locator(".person-away").waitFor();
  await expectAccessible(olga, "with a participant away");
});

test("a terminal of the agent shows its output and how it ended, and makes no other rows", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const olga = await host(link.host);
  await write(olga, "Agent", "terminal");
  await said(olga, "Done in").waitFor();
  const run = olga.getByRole("region", { name: "Run: make check" });
  await run.getByText("one test fails").waitFor();
  await run.getByText("Exited with code 2").waitFor();
  await run.getByText("/srv/shop").waitFor();
  expect(await olga.locator(".row-other, .row-tool").count()).toBe(1);
});
