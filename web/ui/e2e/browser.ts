import { existsSync } from "node:fs";

import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from "playwright-core";

const whole = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

// Chromium without a user interface needs half of the processor time.
const shell = "/usr/bin/chromium-headless-shell";

interface Choice {
  /** Whether features are needed that the headless shell lacks, such as notifications. */
  whole: boolean;
  /** Returns the path of a program that starts the browser; default: its own. */
  through?: (path: string) => string;
}

/** Launches the machine's browser, with an empty profile and without background requests. */
export function launch(choice: Choice = { whole: false }): Promise<Browser> {
  const places = choice.whole || process.env.CHROMIUM ? whole : [shell, ...whole];
  const executablePath = places.find((p) => p && existsSync(p));
  if (!executablePath) throw new Error("there is no Chromium: install it, or name it in CHROMIUM");
  return chromium.launch({
    executablePath: choice.through?.(executablePath) ?? executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // This replaces Playwright's own list. With PreloadTopChromeWebUI, Chromium loads
      // parts of its own user interface beside each page, which tests do not see.
      "--disable-features=PreloadTopChromeWebUI,PaintHolding,HttpsUpgrades,OptimizationHints,MediaRouter",
    ],
  });
}

export interface Person {
  page: Page;
  /** What went wrong in the page: errors, violations of the policy, requests to other servers. */
  complaints: string[];
  leave(): Promise<void>;
}

/**
 * Opens a page for a person with a browser profile of their own. Nothing in it moves,
 * since painting takes most of a processor.
 */
export async function person(
  browser: Browser,
  server: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const context = await browser.newContext({
    locale: "en-GB",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (e) => complaints.push(`error: ${e.message}`));
  page.on("console", (m) => {
    if (m.type() === "error" && !/status of (4|5)\d\d/.test(m.text()))
      complaints.push(`console: ${m.text()}`);
  });
  page.on("request", (r) => {
    const address = r.url().replace(/^blob:/, "");
    if (!address.startsWith(server) && !address.startsWith("data:"))
      complaints.push(`elsewhere: ${r.url()}`);
  });
  return { page, complaints, leave: () => context.close() };
}

/** Returns a text in the conversation. */
export function said(page: Page, text: string): Locator {
  return page.getByRole("region", { name: "Conversation" }).getByText(text);
}

/** Chooses whom the composer writes to. */
export function to(page: Page, whom: "People" | "Agent"): Promise<void> {
  return page.locator(".composer label", { hasText: whom }).click();
}
