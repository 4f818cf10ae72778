import type { Page } from "playwright-core";
import { describe, test } from "vitest";

import { said } from "./browser.ts";
import { decide } from "./cards.ts";
import { guest, host, visitor, write } from "./people.ts";
import { share } from "./share.ts";
import { questions, roundTrip, server, waitsFor, withServer } from "./waiting.ts";

withServer();

/** Loads a page again with the application's font, which the first load may come too early for. */
async function useFont(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.load("16px 'Inter Variable'"));
  await page.reload();
  await page.locator(".composer").waitFor();
}

describe("a text that would block a page for minutes", () => {
  const timeout = 45_000; // a blocked page is blocked for minutes, while a busy machine is only slow

  /** Expects that the page responds to the user within a reasonable time. */
  async function expectResponsive(page: Page): Promise<void> {
    await page.getByRole("button", { name: "More", exact: true }).click({ timeout });
    await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click({ timeout });
    await page.getByRole("dialog").waitFor({ timeout });
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached", timeout });
  }

  test("is shown in part by a card, which takes a decision", async () => {
    const { olga } = await questions("monsters", 3);
    await expectResponsive(olga);
    for (const [n, name] of [/T{200}/, /: Edit/, /: Hide/].entries()) {
      await olga.locator(".counter").click();
      const question = olga.getByRole("article", { name });
      await question.and(olga.locator(":focus")).waitFor();
      await question
        .getByRole("button", { name: /^Show (all|\d+ of)/ })
        .first()
        .click();
      await expectResponsive(olga);
      await decide(question.getByRole("button", { name: "Allow" }));
      await waitsFor(olga, 2 - n);
    }
    await said(olga, "Done in").waitFor();
    await expectResponsive(olga);
  });

  test("is plain text in a message of the agent", async () => {
    const link = await share(server.url, "prompt_direct", "scripted");
    const ben = await guest(link.invite, "Ben");
    await write(ben, "Agent", "monsters");
    await expectResponsive(ben);
    const allow = await visitor(server.url);
    await allow.goto(link.host);
    await expectResponsive(allow);
  });

  test("is plain text in a message of a person", async () => {
    const link = await share(server.url, "prompt_direct", "scripted");
    const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
    for (const page of [olga, ben]) await useFont(page);
    for (const text of ["W".repeat(32_000), "[a](b".repeat(6_000), `${">".repeat(3_000)} a`]) {
      await write(ben, "People", text);
    }
    for (const page of [ben, olga]) await roundTrip(page);
    for (const page of [olga, ben]) {
      // The list is kept at its end until the user scrolls up.
      await page.getByRole("region", { name: "Conversation" }).hover();
      await page.mouse.wheel(0, -20_000);
      await page.getByRole("button", { name: "Latest" }).waitFor();
      const folded = page.getByRole("button", { name: /^Show all/ });
      while ((await folded.count()) > 0) await folded.first().click();
      await expectResponsive(page);
    }
  });
});
