import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Expects that axe finds nothing serious or critical. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  expect(await seriousFindings(page), where).toEqual([]);
}

/**
 * Expects the same, and enough contrast in the dark scheme as well. The page is light
 * afterwards.
 */
export async function expectAccessibleInBothSchemes(page: Page, where: string): Promise<void> {
  await expectAccessible(page, where);
  await inColours(page, "dark");
  expect(await seriousFindings(page, ["color-contrast"]), `${where}, dark`).toEqual([]);
  await inColours(page, "light");
}

async function inColours(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
}

/** Returns what axe finds by all of its rules, or by some. */
async function seriousFindings(page: Page, rules?: string[]): Promise<string[]> {
  // evaluate is not subject to the page's policy, unlike a script element.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  const { violations } = await page.evaluate(
    (rules) =>
      (window as unknown as { axe: { run(o: object): Promise<AxeResults> } }).axe.run({
        resultTypes: ["violations"],
        ...(rules && { runOnly: rules }),
      }),
    rules,
  );
  return violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map(
      (v) =>
        `${v.id}: ${v.nodes.map((n) => `${n.target.join(" ")} (${n.failureSummary?.split("\n")[1]?.trim() ?? ""})`).join("; ")}`,
    );
}
