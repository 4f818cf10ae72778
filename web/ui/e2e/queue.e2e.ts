import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said, to } from "./browser.ts";
import { guest, host, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { propose, share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

test("prompts that wait are shown to everyone, and arranged by their authors and the host", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await host(link.host);
  const ben = await guest(link.invite, "Ben");
  await propose(link.host, "wait");
  await propose(link.host, "who one");
  await write(ben, "Agent", "who two");
  const list = (page: typeof olga) => page.getByRole("region", { name: "Prompts that wait" });
  await list(olga).getByRole("button", { name: "2 prompts wait" }).waitFor();
  await propose(link.host, "who three");

  for (const page of [olga, ben])
    await list(page).getByRole("button", { name: "3 prompts wait" }).click();
  const entries = list(olga).getByRole("listitem");
  await expect.poll(() => entries.allInnerTexts()).toHaveLength(3);
  const theirs = list(ben).getByRole("listitem").filter({ hasText: "who one" });
  expect(await theirs.getByRole("button").count(), "it is not Ben's").toBe(0);
  await expectAccessible(olga, "with the queue");

  await entries.filter({ hasText: "who three" }).getByRole("button", { name: "Move up" }).click();
  await expect.poll(async () => (await entries.allInnerTexts())[1]).toContain("who three");
  await said(ben, "Olga changed the order of the prompts").waitFor();

  const own = list(ben).getByRole("listitem").filter({ hasText: "who two" });
  await own.getByRole("button", { name: "Edit" }).click();
  const field = own.getByRole("textbox");
  await field.fill("discarded");
  await field.press("Escape");
  await field.waitFor({ state: "hidden" });
  await own.getByRole("button", { name: "Edit" }).click();
  await own.getByText("It keeps its place").waitFor();
  await own.getByRole("textbox").fill("who four");
  await own.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await entries.allInnerTexts())[2]).toContain("who four");

  await entries.filter({ hasText: "who one" }).getByRole("button", { name: "Withdraw" }).click();
  await expect.poll(() => entries.allInnerTexts()).toHaveLength(2);

  await to(olga, "Agent");
  await olga.locator(".composer textarea").first().fill("who me now");
  await olga.getByRole("button", { name: "Interrupt" }).click();
  await list(olga).waitFor({ state: "hidden" }); // all have run
  const row = olga.locator("article.prompt", { hasText: "who me now" });
  await row.filter({ hasText: "Interrupts" }).waitFor();
});
