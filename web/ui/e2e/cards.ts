import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Waits until a card takes decisions. */
export async function settled(card: Locator): Promise<void> {
  await card.locator(".wait-actions button:not([aria-disabled])").first().waitFor();
}

/** Gives a card the focus, and waits until it takes keys. */
export async function focusCard(page: Page, card: Locator): Promise<void> {
  await settled(card);
  await card.focus();
  await page.evaluate(
    (ms) => new Promise((done) => setTimeout(done, ms)),
    900, // keys count once the focus has been there for 700 ms
  );
}

/**
 * Clicks a button of a card until the decision is made, since a card that has just
 * moved takes no click. The button must be one that no other card has.
 */
export async function decide(button: Locator): Promise<void> {
  await expect
    .poll(
      async () => {
        await button.click({ timeout: 3_000 }).catch(() => {}); // it may be gone by now
        const gone = button.waitFor({ state: "detached", timeout: 3_000 });
        return await gone.then(
          () => true,
          () => false,
        );
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

/**
 * Presses a key in the focused card until it has an effect, since a card takes no keys
 * right after the focus.
 */
export async function pressInCard(page: Page, key: string): Promise<void> {
  const card = page.locator(".wait:focus");
  await card.waitFor();
  await expect
    .poll(
      async () => {
        if ((await card.count()) === 0) return true;
        await page.keyboard.press(key);
        return (await card.count()) === 0;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

/** Clicks where a locator is, as the pointer would, whatever is there by then. */
export async function clickAt(page: Page, button: Locator): Promise<{ x: number; y: number }> {
  await button.scrollIntoViewIfNeeded();
  const box = (await button.boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.click(at.x, at.y);
  return at;
}
