/** Rooms in which something waits for the host, on a server of the test file: see withServer. */

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

import { said } from "./browser.ts";
import { host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { member, propose, share } from "./share.ts";

export let server: Server;

/** Starts the server, and stops it after the tests of the file. */
export function withServer(): void {
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());
}

/** Opens a room whose host has that many proposals of Ben's to decide on. Ben has no page. */
export async function proposals(count: number, text = "Prompt", agent = "scripted") {
  const link = await share(server.url, "prompt_with_approval", agent);
  const [olga, ben] = await Promise.all([host(link.host), member(link.invite, "Ben")]);
  for (let n = 1; n <= count; n++) await propose(ben, count > 1 ? `${text} ${n}` : text);
  await waitsFor(olga, count);
  return { olga, ben, link };
}

/** Opens a room in which the scripted agent asks its question for that prompt. */
export async function questions(text: string, count = 1) {
  const link = await share(server.url, "prompt_direct", "scripted");
  const olga = await host(link.host);
  await propose(await member(link.invite, "Ben"), text);
  await waitsFor(olga, count);
  return { olga, link };
}

/**
 * Waits until the counter shows that number. It looks by class, since to look by role names
 * all buttons again and again, among them some with very long texts.
 */
export async function waitsFor(page: Page, count: number): Promise<void> {
  const counter = page.locator("button.counter");
  if (count > 0) await counter.getByText(`${count} waiting for you`, { exact: true }).waitFor();
  else await counter.waitFor({ state: "detached" });
}

export const card = (page: Page, text: string): Locator => page.locator(".wait", { hasText: text });

/**
 * Waits until the effects of everything that a page has sent are there: it sends a
 * message after that.
 */
export async function roundTrip(page: Page): Promise<void> {
  const text = `Ping ${Math.random()}`;
  await write(page, "People", text);
  await said(page, text).and(page.locator(":not(.unsent *)")).waitFor();
}
