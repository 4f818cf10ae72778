import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { decide, settled } from "./cards.ts";
import { guest, host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

test("the host fills in a form, and only the host can read it again", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await write(olga, "Agent", "form");
  const card = olga.locator(".wait");
  await card.getByText("Where and how shall I deploy?").waitFor();
  await ben.getByText("waiting for the host's answer").waitFor();
  await expectAccessible(olga, "with a form");

  const name = card.getByLabel("Name of the release");
  expect(await name.inputValue()).toBe("spring-cleaning");
  await card.getByLabel("Whom to notify").fill("nobody");
  await card.getByLabel("Copies").fill("9");
  await name.fill("");
  await settled(card);
  await card.getByRole("button", { name: "Send" }).click();
  await card.getByText("A value is required").waitFor(); // and the field has the focus
  expect(await name.evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await name.getAttribute("aria-invalid")).toBe("true");

  await name.fill("hunter2");
  await card.getByLabel("Copies").fill("3");
  await card.getByLabel("America").check();
  await settled(card);
  await expect
    .poll(
      async () => {
        await card.getByRole("button", { name: "Send" }).click();
        return card.getByText("must be an e-mail address").count(); // says the server
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  await card.getByLabel("Whom to notify").fill("ada@example.org");
  await decide(card.getByRole("button", { name: "Send" }));
  await olga.getByText("filled in the form").waitFor();
  await ben.getByText("filled in the form").waitFor();
  await olga.getByRole("button", { name: "Show what the agent was given" }).click();
  await olga.locator(".row-elicitation").getByText('"region": "us-1"').waitFor();
  expect(await ben.getByRole("button", { name: "Show what the agent" }).count()).toBe(0);
  await expectAccessible(olga, "with an answered form");
});

test("a page is opened by the person who accepted, and not by itself", async () => {
  const link = await share(server.url, "prompt_direct", "demo");
  const [olga, ben] = await Promise.all([host(link.host), guest(link.invite, "Ben")]);
  await write(olga, "Agent", "page");
  const card = olga.locator(".wait");
  await card.getByText("https://example.com", { exact: true }).waitFor();
  await decide(card.getByRole("button", { name: "Accept" }));
  const open = olga.getByRole("link", { name: "Open the page" });
  await open.waitFor();
  expect(await open.getAttribute("href")).toBe("https://example.com/sign-in?state=demo");
  expect(await open.getAttribute("rel")).toContain("noopener");
  await ben.getByText("opens the page").waitFor();
  expect(await ben.getByText("state=demo").count()).toBe(0);
  expect(olga.context().pages()).toHaveLength(1);
  await said(olga, "The page is done").waitFor();
  await ben.getByText("opened the page, and it is done").waitFor();
});

test("a request for input can be declined by a key", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await host(link.host);
  await write(olga, "Agent", "form");
  await olga.locator(".wait").getByText("Where and how").waitFor();
  await decide(olga.getByRole("button", { name: "Decline" }));
  await olga.getByText("declined the request for input").waitFor();
  await said(olga, "You declined").waitFor();
});
