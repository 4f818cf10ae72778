import { readFile } from "node:fs/promises";

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
  // A picture that could contain scripts is not shown, but can be saved.
  await said(ben, "Picture, image/svg+xml").waitFor();
  const [saved] = await Promise.all([
    ben.waitForEvent("download"),
    ben.getByRole("button", { name: "Download: Picture" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("picture.bin");
  expect(await readFile(await saved.path(), "utf8")).toBe("<svg onload='alert(1)'/>");
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

test("each kind of update has a row that everyone can use", async () => {
  const link = await share(server.url, "prompt_direct", "scripted");
  const ben = await guest(link.invite, "Ben");
  const errors: string[] = [];
  ben.on("console", (m) => m.type() === "error" && errors.push(m.text()));
  await write(ben, "Agent", "kinds");
  await ben.getByText("src/a.go:7").first().waitFor();
  await expectAccessible(ben, "while the agent looks at a file");
  await ben.getByRole("button", { name: "Stop the agent" }).click();
  await said(ben, "Cancelled after").waitFor();
  const sound = ben.locator("audio");
  await expect.poll(() => sound.evaluate((a: HTMLAudioElement) => a.duration)).toBeCloseTo(0.5, 1);
  await said(ben, "A page about it").waitFor();
  await ben.getByText("text/html, 2.0 kB").waitFor();
  await ben.getByRole("note").getByText("The quota is nearly used up").waitFor();
  await ben.getByRole("button", { name: "The agent shortened its context" }).click();
  await said(ben, "What is left.").waitFor();
  const terminal = ben.getByRole("region", { name: "Terminal", exact: true });
  expect(await terminal.getByText("grün").evaluate((e) => e.closest(".t-2") !== null)).toBe(true);
  await ben.getByText("moved: src/a.go → src/b.go").waitFor();
  await said(ben, "41 % of the context used · $0.25 so far").waitFor();
  await ben.getByText("a plan as a text").waitFor();
  await expectAccessible(ben, "every kind of update");
  expect(errors).toEqual([]);
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
