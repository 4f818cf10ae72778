import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { said, to } from "./browser.ts";
import { guest, host, people, write } from "./people.ts";
import { startForgetful, type Forgetful } from "./proxy.ts";
import { startServer, type Server } from "./server.ts";
import { setMode, share, talk } from "./share.ts";

let server: Server;
let network: Forgetful;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

beforeEach(async () => {
  network = await startForgetful(server.url);
});
afterEach(() => network.stop());

/** Returns the link by way of the network that can lose data. */
function through(link: string): string {
  return link.replace(new URL(link).origin, network.url);
}

/** Dispatches what a browser does when a tab comes back from the background. */
function comeBack(page: Page): Promise<void> {
  return page.evaluate(() => {
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

test("a page with a dead connection says so, keeps texts, and sends each once", async () => {
  const link = await share(server.url);
  const [olga, ben] = [await host(link.host), await guest(through(link.invite), "Ben")];
  network.forget("everything");
  await write(ben, "People", "From the tunnel");
  await ben.getByLabel("Your message, not sent yet").getByText("Not sent yet").waitFor();
  expect(await said(olga, "From the tunnel").count()).toBe(0);
  await write(olga, "People", "Are you there?");
  await comeBack(ben);
  await said(ben, "Are you there?").waitFor();
  await said(olga, "From the tunnel").waitFor();
  await ben.getByLabel("Your message, not sent yet").waitFor({ state: "detached" });
  for (const page of [olga, ben]) expect(await said(page, "From the tunnel").count()).toBe(1);
});

test.each(["everything", "answers"] as const)(
  "messages and prompts that were not acknowledged survive a reload, and are there once: %s was lost",
  async (lost) => {
    const link = await share(server.url);
    const [olga, ben] = [await host(link.host), await guest(through(link.invite), "Ben")];
    network.forget(lost);
    await write(ben, "People", "Hello again");
    await write(ben, "Agent", "Draw a cat");
    await ben.getByLabel("Your prompt, not sent yet").waitFor();
    if (lost === "answers") await said(olga, "Draw a cat").waitFor();
    await ben.reload();
    for (const page of [olga, ben])
      for (const text of ["Hello again", "Draw a cat"]) await said(page, text).waitFor();
    await ben.locator(".unsent").first().waitFor({ state: "detached" });
    for (const page of [olga, ben])
      for (const text of ["Hello again", "Draw a cat"])
        expect(await said(page, text).count(), text).toBe(1);
  },
);

test("a proposal is not run if the mode has changed by the time it arrives", async () => {
  const link = await share(server.url);
  const [olga, ben] = [await host(link.host), await guest(through(link.invite), "Ben")];
  network.forget("everything");
  await write(ben, "Agent", "Draw a cat");
  await ben.getByLabel("Your prompt, not sent yet").waitFor();
  await write(ben, "People", "Soon more");
  await setMode(link.host, "prompt_direct");
  await comeBack(ben);
  await said(olga, "Soon more").waitFor();
  const message = ben.getByLabel("Message", { exact: true });
  await message.pressSequentially("half a sent");
  await ben.getByRole("alert").getByText("1 message was not sent").waitFor();
  expect(await message.inputValue(), "what is typed is left alone").toBe("half a sent");
  await ben.reload();
  const refused = ben.getByRole("article", { name: "Your prompt, which was not sent" });
  await refused.getByText("Whether prompts need approval has changed").waitFor();
  expect(await said(olga, "Draw a cat").count()).toBe(0);

  await refused.getByRole("button", { name: "Put back" }).click();
  await refused.waitFor({ state: "detached" });
  const prompt = ben.getByLabel("Prompt", { exact: true });
  await prompt.and(ben.locator(":focus")).waitFor();
  expect(await prompt.inputValue()).toBe("Draw a cat");
  await prompt.press("Enter");
  await said(olga, "Draw a cat").first().waitFor();
  await to(ben, "People");
  expect(await message.inputValue()).toBe("half a sent");
});

test("drafts for people and for the agent survive a reload", async () => {
  const link = await share(server.url);
  const ben = await guest(link.invite, "Ben");
  await ben.getByLabel("Message", { exact: true }).fill("half a sentence");
  await to(ben, "Agent");
  await ben.getByLabel("Prompt", { exact: true }).fill("half a prompt");
  await ben.reload();
  expect(await ben.getByLabel("Prompt", { exact: true }).inputValue()).toBe("half a prompt");
  await to(ben, "People");
  expect(await ben.getByLabel("Message", { exact: true }).inputValue()).toBe("half a sentence");
});

test("a page that goes offline sends texts when it is back", async () => {
  const link = await share(server.url);
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  const network = await ben.context().newCDPSession(ben);
  const condition = (offline: boolean) =>
    network.send("Network.emulateNetworkConditions", {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
  await network.send("Network.enable");
  await condition(true);
  await write(ben, "People", "Offline for a while");
  await condition(false);
  await said(olga, "Offline for a while").waitFor();
  await ben.locator(".unsent").waitFor({ state: "detached" });
  expect(await said(ben, "Offline for a while").count()).toBe(1);
  for (const p of people)
    p.complaints = p.complaints.filter((c) => !/ERR_INTERNET|WebSocket connection/.test(c));
});

test("an unacknowledged decision is not sent again after a reload: the user decides anew", async () => {
  const link = await share(server.url);
  const [olga, ben] = [await host(through(link.host)), await guest(link.invite, "Ben")];
  await write(ben, "Agent", "plan");
  await olga.locator(".wait").waitFor();
  const approve = olga.getByRole("button", { name: "Approve" });
  await olga.locator('[data-key="a"]:not([aria-disabled])').waitFor();
  network.forget("everything");
  await approve.click();
  await olga.locator('.wait [data-key="a"][aria-disabled]').waitFor();
  await olga.locator(".wait").getByText("Your decision is not sent yet").waitFor();
  await olga.reload();
  await olga.locator('[data-key="a"]:not([aria-disabled])').waitFor();
  expect(await said(ben, "Done in").count()).toBe(0);
  await approve.click();
  await said(ben, "Done in").waitFor();
});

test("a card remembers an unsent decision however often it is unmounted", async () => {
  const link = await share(server.url);
  const [olga, ben] = [await host(through(link.host)), await guest(link.invite, "Ben")];
  await write(ben, "Agent", "plan");
  await olga.locator(".wait").waitFor();
  await talk(link.invite, 60);
  await said(olga, "Number 60.").waitFor();
  const counter = olga.getByRole("button", { name: "1 waiting for you" });
  await counter.click();
  await olga.locator('.wait [data-key="a"]:not([aria-disabled])').waitFor();
  network.forget("everything");
  await olga.getByRole("button", { name: "Approve" }).click();
  await olga.locator(".wait").getByText("Your decision is not sent yet").waitFor();
  await olga.locator(".timeline-list").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await olga.locator(".wait").waitFor({ state: "detached" });
  await counter.click();
  await olga.locator(".wait").getByText("Your decision is not sent yet").waitFor();
  for (const button of await olga.locator(".wait-actions button").all())
    expect(await button.getAttribute("aria-disabled")).toBe("true");
  await comeBack(olga);
  await said(ben, "Done in").waitFor();
});
