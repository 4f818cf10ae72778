import { afterAll, beforeAll, expect, test } from "vitest";

import { said } from "./browser.ts";
import { decide, pressInCard } from "./cards.ts";
import { guest, host, more, visitor, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

const timeout = 20_000;
let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

test("the host makes a guest a viewer, and a collaborator again", async () => {
  const link = await share(server.url);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  const menu = olga.getByRole("button", { name: "Actions for Ben" });
  await menu.click();
  await olga.getByRole("menuitem", { name: "Make a viewer" }).click();
  await ben.getByText("You are a viewer").waitFor();
  await menu.click();
  await olga.getByRole("menuitem", { name: "Make a collaborator" }).click();
  await write(ben, "People", "Here again");
  await said(olga, "Here again").waitFor();
});

test("a browser that knows only the host's own link shows a working invite", async () => {
  const link = await share(server.url);
  const olga = await host(link.host);
  await olga.getByRole("button", { name: "Invite people" }).click(); // of the empty room
  await olga.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const dialog = olga.getByRole("dialog");
  await dialog.getByText("This link works only on this computer").waitFor();
  const shown = await dialog.getByLabel("Invite link", { exact: true }).innerText();
  expect(shown).toBe(link.invite);
  const ben = await guest(shown, "Ben");
  await ben.getByRole("button", { name: "Invite", exact: true }).click();
  const bens = ben.getByRole("dialog").getByLabel("Invite link", { exact: true });
  expect(await bens.innerText()).toBe(link.invite);

  await dialog.getByRole("button", { name: "Make a new link" }).click();
  await ben.getByText("was replaced and no longer works").waitFor();
  await dialog.getByRole("status").getByText("A new link was made.").waitFor();
  await dialog.getByRole("button", { name: "Copy link" }).click(); // not the old one
  const current = await dialog.getByLabel("Invite link", { exact: true }).innerText();
  expect(await olga.evaluate(() => navigator.clipboard.readText())).toBe(current);
  const cleo = await guest(current, "Cleo");
  await write(cleo, "People", "It works");
  await said(olga, "It works").waitFor();
});

test("an invite is copied, and a new one invalidates it", async () => {
  const link = await share(server.url);
  const olga = await host(link.host);
  await olga.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await olga.getByRole("button", { name: "Invite", exact: true }).click();
  await olga.getByRole("button", { name: "Make a new link" }).click();
  const shown = olga.getByRole("dialog").getByLabel("Invite link", { exact: true });
  await expect.poll(() => shown.textContent(), { timeout: 20_000 }).not.toBe(link.invite);
  await olga.getByRole("button", { name: "Copy link" }).click();
  await olga.getByRole("dialog").getByRole("button", { name: "Copied" }).waitFor();
  const copied = await olga.evaluate(() => navigator.clipboard.readText());
  const ben = await guest(copied, "Ben");
  await write(ben, "People", "It works");
  await said(olga, "It works").waitFor();
  const late = await visitor(server.url);
  await late.goto(link.invite);
  await late.getByRole("heading", { name: "This invite is no longer valid" }).waitFor();
});

test("the agent's process is ended", async () => {
  const link = await share(server.url);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await write(olga, "Agent", "wait");
  await ben.getByText("Running", { exact: true }).first().waitFor();
  await more(olga, "End the agent's process");
  await olga.getByRole("dialog").getByRole("button", { name: "End the agent's process" }).click();
  await said(ben, "Failed").first().waitFor();
});

test("the host continues with another agent, which is told what was said", async () => {
  const olga = await host((await share(server.url, "prompt_direct", "fast")).host);
  await write(olga, "Agent", "plan the release");
  await olga.getByText("All steps are done.").first().waitFor();
  await more(olga, "Continue with another agent");
  const dialog = olga.getByRole("dialog", { name: "Continue with another agent?" });
  await dialog.getByText("is sent what was asked and answered in this session").waitFor();
  await dialog.getByRole("button", { name: /^Send the conversation to / }).click();
  await olga.getByText(/continues with .+ instead of fast/).waitFor();
  await olga.getByText("does not remember what was said before").waitFor();
  await olga.getByText("What the agent is told about it before the next prompt").click();
  await olga.getByText(">> plan the release").first().waitFor();
});

test("everything that waits is decided with the keyboard only", async () => {
  const link = await share(server.url, "prompt_with_approval", "fast");
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await write(ben, "Agent", "Fix the failing test");
  const counter = olga.getByRole("button", { name: "1 waiting for you" });
  await counter.press("Enter");
  await olga.keyboard.press("?");
  await olga.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await olga.keyboard.press("Escape");
  await olga.getByRole("dialog").waitFor({ state: "detached" });
  await counter.press("Enter");
  await pressInCard(olga, "e");
  await olga.keyboard.press("End");
  await olga.keyboard.type(", please");
  await olga.keyboard.press("Control+Enter");
  await ben.getByText("that Olga edited and approved").waitFor();
  await olga.getByRole("button", { name: "Always allow" }).waitFor();
  await counter.press("Enter");
  await pressInCard(olga, "1");
  await said(ben, "Olga: Allow").waitFor();
  await said(olga, "Done in").waitFor();
  await olga.keyboard.press("/");
  await olga.keyboard.press("Control+.");
  await olga.keyboard.type("By keyboard");
  await olga.keyboard.press("Enter");
  await said(ben, "By keyboard").waitFor();
  await write(ben, "Agent", "plan");
  await counter.press("Enter");
  await pressInCard(olga, "a");
  await said(ben, "Done in").nth(1).waitFor();
});

test("thoughts are folded, code has colours, and commands show their result", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await ben.setViewportSize({ width: 1280, height: 2_400 }); // all of it is in sight
  await write(ben, "Agent", "Fix the failing test");
  await decide(olga.getByRole("button", { name: "Allow", exact: true }));
  await said(ben, "Done in").waitFor();
  const thought = ben.getByRole("button", { name: /^Thought/ }).first();
  expect(await thought.getAttribute("aria-expanded")).toBe("false");
  await thought.click();
  await ben.locator(".thought .fold-body").waitFor();
  const run = ben.getByRole("region", { name: "Run: go test ./..." });
  await run.first().getByText("Failed").waitFor();
  await run.last().getByText("Done").waitFor({ state: "attached" });
  await write(ben, "Agent", "markdown");
  await ben.locator(".says code [class^=hljs]").first().waitFor();
});

test("a reply shows the message that it replies to", async () => {
  const link = await share(server.url);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await write(olga, "People", "Tea or coffee?");
  const asked = said(ben, "Tea or coffee?");
  await asked.hover();
  await ben.getByRole("button", { name: "Reply to Olga" }).click();
  await ben.getByLabel("Message", { exact: true }).fill("Tea");
  await ben.keyboard.press("Enter");
  await said(olga, "Olga: Tea or coffee?").waitFor();
});

test("the chosen colour scheme is kept, and reduced motion is respected", async () => {
  const link = await share(server.url);
  const olga = await host(link.host);
  await more(olga, "Dark");
  await olga.reload();
  await olga.getByLabel("Prompt", { exact: true }).waitFor();
  const scheme = () => olga.evaluate(() => document.documentElement.dataset.mantineColorScheme);
  expect(await scheme()).toBe("dark");

  await olga.emulateMedia({ reducedMotion: "reduce" });
  await write(olga, "Agent", "wait");
  await olga.getByText("Running", { exact: true }).first().waitFor();
  const moving = () =>
    olga.evaluate(() => document.getAnimations().filter((a) => a.playState === "running").length);
  await expect.poll(moving, { timeout }).toBe(0);
  await olga.emulateMedia({ reducedMotion: "no-preference" });
  await expect.poll(moving, { timeout }).toBeGreaterThan(0);
});

test("the host tries another way in a fork of the session", async () => {
  const [first, plain] = [
    await share(server.url, "prompt_direct", "demo"), // it keeps its conversations
    await share(server.url, "prompt_direct", "fast"),
  ];
  const olga = await host(first.host);
  await write(olga, "Agent", "plan");
  await said(olga, "Done in").waitFor();
  await more(olga, "Try another way in a new session");
  const dialog = olga.getByRole("dialog");
  await dialog.getByText("begins with the history of this conversation").waitFor();
  await dialog.getByRole("button", { name: "Make the new session" }).click();
  await dialog.getByText("The new session is ready").waitFor();
  await dialog.getByRole("link", { name: "Enter the room" }).click();
  await olga.waitForURL((url) => !first.host.includes(url.pathname));
  await said(olga, "plan").first().waitFor(); // the history
  await olga.getByText("The agent has repeated the conversation").waitFor();
  await write(olga, "Agent", "memory");
  await said(olga, "Prompts that I remember, with this one: 2").waitFor();

  const other = await host(plain.host);
  await other.getByRole("button", { name: "More", exact: true }).click();
  await other.getByRole("menuitem", { name: "Restart the agent" }).waitFor();
  expect(await other.getByRole("menuitem", { name: /^Try another way/ }).count()).toBe(0);
});
