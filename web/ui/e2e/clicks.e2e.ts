import { describe, expect, test } from "vitest";

import { said } from "./browser.ts";
import { clickAt, decide, settled } from "./cards.ts";
import { propose, say } from "./share.ts";
import { card, proposals, questions, roundTrip, waitsFor, withServer } from "./waiting.ts";

withServer();

const timeout = 20_000;

describe("a card that has just appeared", () => {
  test("takes neither a click nor a key", async () => {
    const { olga, ben } = await proposals(0);
    // At once, as no hand could do it: whatever is pressed here is pressed.
    await olga.evaluate(() => {
      let seen = 0;
      new MutationObserver(() => {
        const buttons = document.querySelectorAll<HTMLElement>(".wait-actions button");
        if (buttons.length <= seen) return;
        seen = buttons.length;
        for (const b of buttons) {
          b.click();
          b.focus();
          b.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
        }
      }).observe(document.body, { childList: true, subtree: true });
    });
    for (const prompt of ["Prompt 1", "Prompt 2"]) await propose(ben, prompt);
    await waitsFor(olga, 2);
    await roundTrip(olga);
    await waitsFor(olga, 2);
  });

  test("waits anew when the agent adds to its question", async () => {
    const { olga } = await questions("later");
    await settled(card(olga, "Run it"));
    await olga.evaluate(() => {
      const seen = new MutationObserver(() => {
        const waiting = document.querySelector<HTMLElement>(".wait");
        if (!waiting?.textContent.includes("evil.example")) return;
        seen.disconnect();
        waiting.dispatchEvent(new KeyboardEvent("keydown", { key: "1", bubbles: true }));
        waiting.querySelector<HTMLElement>(".wait-actions button")?.click();
      });
      seen.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await card(olga, "evil.example").waitFor();
    await roundTrip(olga);
    await waitsFor(olga, 1);
    await settled(card(olga, "evil.example"));
    await card(olga, "evil.example").getByRole("button", { name: "Allow" }).first().click();
    await waitsFor(olga, 0);
  });

  test("waits anew when the page comes back into sight", async () => {
    const { olga } = await proposals(1);
    await settled(card(olga, "Prompt"));
    await card(olga, "Prompt")
      .getByRole("button", { name: "Approve" })
      .evaluate((button: HTMLElement) => {
        document.dispatchEvent(new Event("visibilitychange"));
        button.click();
      });
    await roundTrip(olga);
    await waitsFor(olga, 1);
    await decide(card(olga, "Prompt").getByRole("button", { name: "Approve" }));
    await waitsFor(olga, 0);
  });
});

describe("a double click", () => {
  const sizes = [
    [1200, 900],
    [390, 780],
  ] as const;

  test.each(sizes)("on Approve approves one proposal, at %d x %d", async (width, height) => {
    const { olga } = await proposals(4);
    await olga.setViewportSize({ width, height });
    await settled(card(olga, "Prompt 4"));
    const first = card(olga, "Prompt 4");
    const at = await clickAt(olga, first.getByRole("button", { name: "Approve" }));
    await first.waitFor({ state: "detached" });
    await olga.mouse.click(at.x, at.y);
    await roundTrip(olga);
    await waitsFor(olga, 3);
  });

  test("that began elsewhere decides nothing", async () => {
    const { olga } = await proposals(1);
    const button = card(olga, "Prompt").getByRole("button", { name: "Approve" });
    await settled(card(olga, "Prompt"));
    const box = (await button.boundingBox())!;
    // An element that covers the button, and disappears at the first click.
    await olga.evaluate(({ x, y }) => {
      const over = document.createElement("button");
      over.style.cssText = `position:fixed;left:${x}px;top:${y}px;width:60px;height:20px;z-index:9`;
      over.onclick = () => over.remove();
      document.body.append(over);
    }, box);
    await olga.mouse.click(box.x + 10, box.y + 10);
    await olga.mouse.click(box.x + 10, box.y + 10);
    await roundTrip(olga);
    await waitsFor(olga, 1);
  });

  test.each(sizes)("answers no further question, at %d x %d", async (width, height) => {
    const { olga } = await proposals(1, "three questions");
    await olga.setViewportSize({ width, height });
    const proposal = card(olga, "Ben proposes");
    await settled(proposal);
    const at = await clickAt(olga, proposal.getByRole("button", { name: "Approve" }));
    await waitsFor(olga, 3);
    await olga.mouse.click(at.x, at.y);
    await roundTrip(olga);
    await waitsFor(olga, 3);
  });
});

describe("the button under the pointer", () => {
  test("stays in place while rows are added below and above", async () => {
    const { olga, ben } = await proposals(1, "Add a test", "fast");
    const button = card(olga, "Add a test").getByRole("button", { name: "Approve" });
    await settled(card(olga, "Add a test"));
    await button.hover();
    const before = await button.boundingBox();
    await say(ben, "Something below\n\n".repeat(12));
    await say(ben, "The last of it");
    await said(olga, "The last of it").waitFor();
    expect(await button.boundingBox()).toEqual(before);
    // A row above it that becomes higher.
    await olga.evaluate(() => {
      const above = document.querySelector<HTMLElement>(".row-notice")!;
      above.style.paddingBottom = "150px";
    });
    await expect
      .poll(async () => Math.round(((await button.boundingBox())?.y ?? 0) - before!.y), { timeout })
      .toBe(0);
    await olga.mouse.move(5, 5);
    await expect
      .poll(
        () =>
          olga
            .locator(".timeline-list")
            .evaluate((l) => l.scrollHeight - l.clientHeight - l.scrollTop),
        { timeout, message: "the end is followed again" },
      )
      .toBeLessThan(2);
  });
});
