import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { decide, settled } from "./cards.ts";
import { talk } from "./share.ts";
import { card, proposals, waitsFor, withServer } from "./waiting.ts";

withServer();

test("the counter leads from one waiting card to the next, wherever it is", async () => {
  const { olga, link } = await proposals(2);
  await talk(link.invite, 120);
  await said(olga, "Number 120.").waitFor();
  await olga
    .getByRole("button", { name: "Latest" })
    .or(said(olga, "Number 120."))
    .first()
    .waitFor();
  expect(await card(olga, "Prompt 1").isVisible(), "it is far away").toBe(false);
  const counter = olga.getByRole("button", { name: "2 waiting for you" });
  for (const text of ["Prompt 1", "Prompt 2"]) {
    await counter.click();
    await olga.locator(".wait:focus", { hasText: text }).waitFor();
    const box = (await card(olga, text).boundingBox())!;
    expect(box.y).toBeGreaterThan(0);
    expect(box.y + box.height).toBeLessThan(720);
  }
  await decide(card(olga, "Prompt 2").getByRole("button", { name: "Approve" }));
  await waitsFor(olga, 1);
});

test("a proposal from before the oldest loaded event has a card, too", async () => {
  const { olga, link } = await proposals(1, `An old one ${"word ".repeat(2_000)}THE END`);
  await talk(link.invite, 560);
  const release = await holdFetches(olga);
  await olga.reload();
  await olga.getByRole("button", { name: "1 waiting for you" }).click();
  await olga.locator(".wait:focus", { hasText: "An old one" }).waitFor();
  const old = card(olga, "An old one");
  await old.getByText("This is only the beginning. The complete item (10.0 kB) is being").waitFor();
  expect(await old.getByRole("button").count()).toBe(0);
  await olga.evaluate((ms) => new Promise((done) => setTimeout(done, ms)), 900); // a key would have an effect
  for (const key of ["a", "e", "r", "Enter"]) await olga.keyboard.press(key);
  expect(await old.innerText()).not.toContain("THE END");
  await expectAccessible(olga, "a card that has the beginning of a proposal");

  release();
  await settled(old);
  expect(await old.innerText()).toContain("THE END");
  await decide(old.getByRole("button", { name: "Approve" }));
  await waitsFor(olga, 0);
});

/**
 * Holds back requests of a page from its next load on: items until they are released,
 * and history, whose rows would move the card out of sight, for good.
 */
async function holdFetches(page: Page): Promise<() => void> {
  const held: (() => void)[] = [];
  let hold = true;
  await page.routeWebSocket(/\/ws$/, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((m) => {
      if (String(m).includes('"type":"history"')) return;
      if (hold && String(m).includes('"type":"item"')) held.push(() => server.send(m));
      else server.send(m);
    });
  });
  return () => {
    hold = false;
    for (const send of held) send();
  };
}

test("an edited prompt is still there after scrolling elsewhere", async () => {
  const { olga, link } = await proposals(1, "Add a test");
  await card(olga, "Ben proposes").getByRole("button", { name: "Edit" }).click();
  const box = olga.getByLabel("The prompt as the agent will get it");
  await box.fill("Add two tests");
  await olga.getByLabel("Prompt", { exact: true }).click();
  await talk(link.invite, 120);
  await said(olga, "Number 120.").waitFor();
  await box.waitFor({ state: "detached" });
  await olga.getByRole("button", { name: "1 waiting for you" }).click();
  await box.waitFor();
  expect(await box.inputValue()).toBe("Add two tests");
});
