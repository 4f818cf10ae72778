import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";

import { launch, person, said, to } from "./browser.ts";
import { decide, settled } from "./cards.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

/** Takes pictures of each page, light and dark, on a phone and on a wide screen. */

const out = fileURLToPath(new URL("../screenshots/", import.meta.url));
const looks = (["light", "dark"] as const).flatMap((scheme) =>
  [390, 1440].map((width) => ({ scheme, width })),
);

let server: Server;
let browser: Browser;

beforeAll(async () => {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  [server, browser] = [await startServer(), await launch({ whole: true })];
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function shoot(page: Page, name: string): Promise<void> {
  for (const { scheme, width } of looks) {
    await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      await Promise.allSettled(document.getAnimations().map((a) => a.finished));
    });
    // A card that has just moved takes no decisions, and looks different.
    for (const card of await page.locator(".wait:visible").all()) await settled(card);
    await page.screenshot({ path: `${out}${name}-${width}-${scheme}.png` });
  }
}

/** Shows what the demo agent asks of people, and what is known of it. */
async function decided(h: Page): Promise<void> {
  const made = await share(server.url, "prompt_direct", "fast");
  await wide(h);
  await h.goto(made.host);
  await h.getByLabel("Prompt", { exact: true }).fill("form");
  await h.keyboard.press("Enter");
  await h.getByRole("button", { name: "Decline" }).waitFor();
  await shoot(h, "room-form");
  await wide(h);
  await decide(h.getByRole("button", { name: "Decline" }));
  await h.getByLabel("Prompt", { exact: true }).fill("help");
  await h.keyboard.press("Enter");
  await said(h, "Give me any task").waitFor();
  await said(h, "Done in").nth(1).waitFor();
  await shoot(h, "room-help");
  await wide(h);
  await h.getByRole("button", { name: "About the agent" }).click();
  await h
    .getByRole("dialog")
    .getByRole("heading", { name: /^Commands/ })
    .waitFor();
  await shoot(h, "agent");
  await h.keyboard.press("Escape");
  for (const prompt of ["signout", "help"]) {
    await wide(h);
    await h.getByLabel("Prompt", { exact: true }).fill(prompt);
    await h.keyboard.press("Enter");
    await h.getByLabel("Prompt", { exact: true }).and(h.locator(":empty")).waitFor();
  }
  await h.getByRole("button", { name: "Sign in…" }).waitFor();
  await shoot(h, "room-signed-out");
  await wide(h);
  await h.getByRole("button", { name: "Sign in…" }).click();
  await h.getByRole("button", { name: "Sign in: Closed account" }).click();
  await h.getByText("That did not work").waitFor();
  await shoot(h, "sign-in");
  await h.keyboard.press("Escape");
}

/** Waits for the next frame at full width: a card that has just moved takes no clicks. */
async function wide(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

test("pictures of every page", async () => {
  const host = await person(browser, server.url);
  const guest = await person(browser, server.url);
  const [h, g] = [host.page, guest.page];
  for (const p of [h, g]) await p.setViewportSize({ width: 1440, height: 900 });

  await h.goto(server.host);
  await h.getByLabel("Prompt", { exact: true }).waitFor();
  await g.goto(server.invite);
  await g.getByLabel("Your name").fill("Ben Okafor");
  await shoot(g, "join");
  await g.setViewportSize({ width: 1440, height: 900 });
  await g.getByRole("button", { name: "Join the session" }).click();
  await g
    .getByLabel("Message", { exact: true })
    .fill("Hi! The discount test has been red since yesterday, shall we let the agent look?");
  await g.keyboard.press("Enter");
  await said(h, "The discount test").waitFor();
  await to(h, "People");
  await h
    .getByLabel("Message", { exact: true })
    .fill("Good idea. Propose something, I approve it.");
  await h.keyboard.press("Enter");
  await to(g, "Agent");
  await g.getByLabel("Prompt", { exact: true }).fill("Fix the failing test in the basket package");
  await g.getByRole("button", { name: "Propose" }).click();
  await h.getByText("1 waiting for you").waitFor();
  await shoot(h, "room-approve");
  await wide(h);
  await h.getByRole("button", { name: "Edit", exact: true }).click();
  await h
    .getByLabel("The prompt as the agent will get it")
    .fill("Fix the failing test in the basket package, and keep the change small.");
  await h.getByRole("button", { name: "Approve edited" }).click();
  await h.getByRole("button", { name: "Allow", exact: true }).waitFor({ timeout: 60_000 });
  await shoot(h, "room-permission");
  await shoot(g, "room-guest");
  await wide(h);
  await h.getByRole("button", { name: "Allow", exact: true }).click();
  await said(h, "This was a demo").waitFor({ timeout: 60_000 });
  await shoot(h, "room-done");
  await wide(h);
  await to(h, "Agent");
  await h.getByLabel("Prompt", { exact: true }).fill("markdown");
  await h.keyboard.press("Enter");
  await said(h, "A heading").waitFor();
  await said(h, "Ünïcödé").waitFor();
  await shoot(h, "room-markdown");
  await wide(h);
  await h.getByRole("button", { name: "Invite", exact: true }).click();
  await h.getByRole("button", { name: "Make a new link" }).click();
  await h.getByRole("img", { name: "QR code" }).waitFor();
  await shoot(h, "invite");
  await h.keyboard.press("Escape");
  await h.getByRole("button", { name: "More", exact: true }).click();
  await h.getByRole("menuitem", { name: "Keyboard shortcuts" }).waitFor();
  await shoot(h, "menu");
  await h.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
  await h.getByText("Jump to the latest").waitFor();
  await shoot(h, "shortcuts");
  await h.keyboard.press("Escape");
  await h.getByRole("button", { name: /^People/ }).click();
  await h.getByRole("dialog").getByText("Collaborator").waitFor();
  await shoot(h, "people");

  await h.goto(server.url);
  await h.getByText("Prompts need approval").first().waitFor();
  await shoot(h, "start");
  await h.getByRole("button", { name: "Share a session" }).click();
  await h.getByLabel("What others may do").waitFor();
  await shoot(h, "share");
  await h.getByRole("dialog").getByLabel("Your name").fill("Olga");
  await h.getByRole("dialog").getByLabel("Agent", { exact: true }).selectOption("scripted");
  // The scripted agent takes only its own words.
  await h.getByRole("dialog").getByLabel("Tell the agent who wrote").uncheck();
  await h.getByRole("dialog").getByRole("button", { name: "Share", exact: true }).click();
  await h.getByRole("link", { name: "Enter the room" }).waitFor();
  await shoot(h, "shared");
  await h.getByRole("link", { name: "Enter the room" }).click();
  await h.getByText("The session was created").waitFor();
  await shoot(h, "room-new");
  for (const scene of ["pictures", "unknown", "title", "terminal"]) {
    await h.getByLabel("Prompt", { exact: true }).fill(scene);
    await h.keyboard.press("Enter");
    await h.getByLabel("Prompt", { exact: true }).and(h.locator(":empty")).waitFor();
  }
  await said(h, "Done in").nth(3).waitFor();
  await shoot(h, "room-other");
  for (const scene of ["command", "hidden"]) {
    await wide(h);
    await h.getByLabel("Prompt", { exact: true }).fill(scene);
    await h.keyboard.press("Enter");
    await h.getByRole("button", { name: "Allow" }).waitFor();
    await shoot(h, `room-${scene}`);
    await wide(h);
    await h.getByRole("button", { name: "Allow" }).click();
    await h.locator(".counter").waitFor({ state: "detached" });
  }
  await decided(h);
  await g.getByRole("button", { name: "More", exact: true }).click();
  await g.getByRole("menuitem", { name: "Leave the session" }).click();
  await g.getByRole("button", { name: "Leave the session" }).click();
  await g.getByRole("button", { name: "Join again" }).waitFor();
  await shoot(g, "left");
  await g.goto(`${server.url}/s/00000000-0000-4000-8000-000000000000#i=nothing`);
  await g.getByRole("heading").waitFor();
  await shoot(g, "state");
  for (const complaint of [...host.complaints, ...guest.complaints]) console.log(complaint);
}, 300_000);
