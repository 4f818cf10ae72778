import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { people, visitor } from "./people.ts";
import { startProxy } from "./proxy.ts";
import { startServer, type Server } from "./server.ts";
import { closeSession, setMode, share } from "./share.ts";

let server: Server;
let link: { host: string; invite: string };

beforeAll(async () => {
  server = await startServer();
  link = await share(server.url);
});

afterAll(() => server?.stop());

async function opened(address: string): Promise<Page> {
  const page = await visitor(server.url);
  await page.goto(address);
  return page;
}

/** Removes the complaints that a test has provoked. */
function expected(complaint: RegExp): void {
  for (const p of people) p.complaints = p.complaints.filter((c) => !complaint.test(c));
}

const nameIn = (page: Page) => page.getByLabel("Your name");

describe("an invalid link says so before it asks for a name", () => {
  const cases: [string, (link: string) => string, string][] = [
    ["without its secret", (l) => l.slice(0, l.indexOf("#")), "This link is incomplete"],
    ["with another secret", (l) => l.replace("#i=", "#x="), "This link is incomplete"],
    ["cut short", (l) => l.slice(0, -4), "This invite is no longer valid"],
    ["mistyped", (l) => `${l.slice(0, -4)}AAAA`, "This invite is no longer valid"],
    [
      "to an unknown session",
      (l) => l.replace(/s\/[0-9a-f]{8}/, "s/00000000"),
      "There is no such session",
    ],
    ["to what is no session", (l) => l.replace(/s\/[^#]*/, "s/x%2Fy"), "There is no such session"],
  ];
  test.each(cases)("%s", async (_, change, title) => {
    const page = await opened(change(link.invite));
    await page.getByRole("heading", { name: title }).waitFor();
    expect(await nameIn(page).count()).toBe(0);
    expect(await page.title()).toContain(title);
  });

  test("to a session that was closed", async () => {
    const over = await share(server.url);
    await closeSession(over.host);
    const page = await opened(over.invite);
    await page.getByRole("heading", { name: "This session is closed" }).waitFor();
    expect(await nameIn(page).count()).toBe(0);
  });
});

test("a page that was left open is up to date when the user returns to it", async () => {
  const room = await share(server.url);
  const page = await opened(room.invite);
  await nameIn(page).fill("Be");
  await page.getByText("propose prompts; the host approves").waitFor();
  await setMode(room.host, "comment_only");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.getByText("Collaborators can watch and talk.").waitFor();
  await page.route("**/invitation", (route) => route.abort("connectionrefused"));
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await nameIn(page).pressSequentially("n");
  expect(await nameIn(page).inputValue(), "what was typed stays").toBe("Ben");
  await page.unroute("**/invitation");
  await closeSession(room.host);
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await page.getByRole("heading", { name: "This session is closed" }).waitFor();
  expected(/ERR_CONNECTION_REFUSED/);
});

test("while the server does not respond, the page says so and tries again", async () => {
  const page = await visitor(server.url);
  let answers = "none";
  await page.route("**/invitation", (route) => {
    if (answers === "none") return route.abort("connectionrefused");
    if (answers === "a proxy") return route.fulfill({ status: 502, body: "<h1>Bad gateway</h1>" });
    if (answers === "a portal") return route.fulfill({ contentType: "text/html", body: "Sign in" });
    return route.continue();
  });
  await page.goto(link.invite);
  for (const next of ["a proxy", "a portal"]) {
    await page.getByRole("heading", { name: "The server is not responding" }).waitFor();
    expect(await nameIn(page).count(), "nothing is asked that may be in vain").toBe(0);
    answers = next;
    await page.getByRole("button", { name: "Try again" }).click();
  }
  await page.getByRole("heading", { name: "The server is not responding" }).waitFor();
  await expectAccessible(page, "without an answer");
  answers = "the server's";
  await nameIn(page).waitFor();
  expected(/ERR_CONNECTION_REFUSED/);
});

/** Returns the compressed bytes of the scripts that a page has loaded. */
function scriptBytes(page: Page): Promise<number> {
  return page.evaluate(() => {
    const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return files
      .filter((f) => f.name.endsWith(".js"))
      .reduce((sum, f) => sum + f.encodedBodySize, 0);
  });
}

test("the page that asks for a name loads less than 120 kB of scripts, and the room is loaded afterwards", async () => {
  const page = await opened(link.invite);
  await nameIn(page).waitFor();
  await page.waitForLoadState("networkidle");
  const before = await scriptBytes(page);
  expect(before).toBeGreaterThan(50_000);
  expect(before).toBeLessThan(120_000);
  await nameIn(page).press("B");
  await expect.poll(() => scriptBytes(page), { timeout: 20_000 }).toBeGreaterThan(before);
});

test("the page says that a part could not be loaded, and loads it again", async () => {
  const page = await visitor(server.url);
  await page.route("**/assets/Inside-*", (route) => route.fulfill({ status: 404, body: "{}" }));
  await page.goto(link.invite);
  await nameIn(page).fill("Ben");
  await page.getByRole("button", { name: "Join the session" }).click();
  await page.getByRole("heading", { name: "This page is incomplete" }).waitFor();
  expected(/module script|dynamically imported/);
  await page.unroute("**/assets/Inside-*");
  await page.getByRole("button", { name: "Reload" }).click();
  expect(await nameIn(page).inputValue(), "the name is not asked again").toBe("Ben");
  await page.getByRole("button", { name: "Join the session" }).click();
  await page.locator(".composer").waitFor();
});

test("an unknown address has a page that leads to the start page, even below a proxy's path", async () => {
  const proxy = await startProxy(server.url, "/tools/parley");
  try {
    for (const root of [server.url, proxy.url]) {
      const page = await visitor(root);
      for (const path of ["/nothing", "/s/some/thing/", "/assets/none.js"]) {
        const answer = await page.goto(root + path);
        expect(answer?.status()).toBe(404);
        await page.getByRole("heading", { name: "There is no such page" }).waitFor();
        const size = await page.locator("h1").evaluate((h) => getComputedStyle(h).fontSize);
        expect(size, "the style sheet is found").toBe("24px");
      }
      await expectAccessible(page, "an unknown address");
      await page.getByRole("link", { name: "Start page" }).click();
      await page.waitForURL(`${root}/`);
      await page.getByRole("button", { name: "Share a session" }).waitFor();
      await page.getByRole("combobox", { name: "Appearance" }).selectOption("dark");
      await page.goto(`${root}/nothing`);
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await expect
        .poll(ground, { message: "as chosen in the application" })
        .toBe("rgb(18, 20, 23)");
    }
  } finally {
    await proxy.stop();
  }
});
