import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, expect } from "vitest";

import { launch, person, to, type Person } from "./browser.ts";

/** The browsers of this worker, by whether they are complete. Its files share them. */
const browsers = new Map<boolean, Promise<Browser>>();

/** The people of the running test. */
export let people: Person[] = [];

const lasting = new Map<Page, Person>();

let whole = false;

/** Runs the tests of the file in a complete browser: the usual one has no notifications. */
export function inWholeBrowser(): void {
  whole = true;
}

/** Returns the browser, and starts it if it does not run or has crashed. */
function browser(): Promise<Browser> {
  const kind = whole;
  let running = browsers.get(kind);
  if (!running) {
    running = launch({ whole: kind }).then((b) =>
      b.on("disconnected", () => browsers.delete(kind)),
    );
    browsers.set(kind, running);
  }
  return running;
}

/** Has people leave after each test. It is called in every file: see setup.ts. */
export function letPeopleLeave(): void {
  afterEach(async () => {
    const gone = people.filter((p) => !lasting.has(p.page));
    const complaints = gone.flatMap((p) => p.complaints);
    await Promise.all(gone.map((p) => p.leave()));
    people = [];
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    whole = false;
    await Promise.all([...lasting.values()].map((p) => p.leave()));
    lasting.clear();
  });
}

/** Keeps a person's page after the test, for a later test of the file. */
export function stay(page: Page): Page {
  const p = people.find((o) => o.page === page);
  if (p) lasting.set(page, p);
  return page;
}

/** Opens an empty page in a browser profile of its own. */
export async function visitor(url: string, options?: BrowserContextOptions): Promise<Page> {
  const p = await person(await browser(), url, options);
  p.page.setDefaultTimeout(20_000);
  people.push(p);
  return p.page;
}

export async function host(link: string): Promise<Page> {
  const page = await visitor(new URL(link).origin);
  await page.goto(link);
  await page.getByLabel("Prompt", { exact: true }).waitFor();
  return page;
}

export async function guest(link: string, name: string): Promise<Page> {
  const page = await visitor(new URL(link).origin);
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Join the session" }).click();
  await page.locator(".composer").waitFor();
  return page;
}

export async function write(page: Page, whom: "People" | "Agent", text: string): Promise<void> {
  await to(page, whom);
  await page.locator(".composer textarea").first().fill(text);
  await page.keyboard.press("Enter");
}

export async function more(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}
