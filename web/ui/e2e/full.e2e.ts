import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { guest, host, visitor } from "./people.ts";
import { startRestartable, type Restartable } from "./server.ts";
import { share } from "./share.ts";

let server: Restartable;

beforeAll(async () => {
  server = await startRestartable("--max-participants", "2");
});

afterAll(() => server?.stop());

test("a full session says so, and lets a guest in once another has left", async () => {
  const link = await share(server.url);
  const olga = await host(link.host);
  const ann = await guest(link.invite, "Ann");
  const late = await visitor(server.url);
  await late.goto(link.invite);
  await late.getByLabel("Your name").fill("Late");
  await late.getByRole("button", { name: "Join the session" }).click();
  await late.getByRole("heading", { name: "This session is full" }).waitFor();
  await expectAccessible(late, "full");
  await late.getByRole("button", { name: "Try again" }).click();
  expect(await late.getByLabel("Your name").inputValue(), "the name is not asked again").toBe(
    "Late",
  );
  await late.getByRole("button", { name: "Join the session" }).click();
  await late.getByRole("heading", { name: "This session is full" }).waitFor();

  await ann.getByRole("button", { name: "More", exact: true }).click();
  await ann.getByRole("menuitem", { name: "Leave the session" }).click();
  await ann.getByRole("dialog").getByRole("button", { name: "Leave the session" }).click();
  await said(olga, "Ann joined and left").waitFor();
  await late.getByRole("button", { name: "Try again" }).click();
  await late.getByRole("button", { name: "Join the session" }).click();
  await said(olga, "Late joined").waitFor();
  await late.locator(".composer").waitFor();
});
