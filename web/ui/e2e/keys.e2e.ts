import { describe, expect, test } from "vitest";

import { said, to } from "./browser.ts";
import { focusCard, settled } from "./cards.ts";
import { guest } from "./people.ts";
import { card, proposals, roundTrip, waitsFor, withServer } from "./waiting.ts";

withServer();

describe("typing", () => {
  test("goes into the composer at first, for hosts and guests", async () => {
    const { olga, link } = await proposals(1, "Add a test");
    const ben = await guest(link.invite, "Ben");
    await olga.reload();
    await waitsFor(olga, 1);
    await olga.keyboard.type("area 1");
    expect(await olga.getByLabel("Prompt", { exact: true }).inputValue()).toBe("area 1");
    await to(ben, "People");
    await ben.reload();
    await ben.locator(".composer textarea").first().waitFor();
    await ben.keyboard.type("are you there");
    expect(await ben.getByLabel("Message", { exact: true }).inputValue()).toBe("are you there");
    await roundTrip(olga);
    await waitsFor(olga, 1);
  });

  test("decides nothing while no card has the focus", async () => {
    const { olga } = await proposals(2);
    await settled(card(olga, "Prompt 2"));
    await olga.evaluate(() => (document.activeElement as HTMLElement).blur());
    for (const key of ["a", "r", "e", "1", "Enter", " "]) await olga.keyboard.press(key);
    await roundTrip(olga);
    await waitsFor(olga, 2);
    expect(await olga.locator(".wait input, .wait textarea").count()).toBe(0);
  });
});

describe("a key that is held down", () => {
  test.each(["a", "Enter"])("%s decides only one proposal", async (key) => {
    const { olga } = await proposals(3, "three questions");
    await focusCard(olga, card(olga, "three questions 1"));
    if (key === "Enter")
      await card(olga, "three questions 1").getByRole("button", { name: "Approve" }).focus();
    for (let i = 0; i < 30; i++) await olga.keyboard.down(key);
    await olga.keyboard.up(key);
    await said(olga, "approved by Olga").waitFor();
    for (let i = 0; i < 30; i++) await olga.keyboard.down(key);
    await olga.keyboard.up(key);
    await roundTrip(olga);
    await waitsFor(olga, 2);
  });
});
