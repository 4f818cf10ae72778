import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe.ts";
import { said } from "./browser.ts";
import { guest, host, people, visitor, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

test("the host stops a terminal, and cancels what the agent then does without a prompt", async () => {
  const link = await share(server.url, "prompt_direct", "newer");
  const olga = await host(link.host);
  const ben = await guest(link.invite, "Ben");
  await write(ben, "Agent", "watch the build");
  await said(olga, "Done in").waitFor();
  await olga.getByRole("button", { name: "About the agent" }).click();
  await olga.getByText("1 task", { exact: true }).waitFor();
  await olga.keyboard.press("Escape");
  await expectAccessible(olga, "with a terminal that can be stopped");
  const stop = (page: typeof olga) => page.getByRole("button", { name: "Stop make watch" });
  expect(await stop(ben).count(), "a guest has no such button").toBe(0);

  await stop(olga).click();
  await ben.getByText("Olga asked the agent to stop one of its tools").waitFor();
  await ben.getByText("Ended by signal SIGTERM").waitFor();
  await ben.getByText("The agent works on its own, without a prompt").waitFor();
  await write(ben, "Agent", "and then this");
  await ben.getByText("after 1 other turn").first().waitFor();
  await olga.reload(); // the page then knows it from the welcome
  await olga.getByRole("button", { name: "Stop the agent" }).click();
  await ben.getByText("Olga cancelled what the agent does on its own").waitFor();
  await ben.getByText("The agent starts on").waitFor();
});

test("a question about a command shows its title, its reason and the command", async () => {
  const link = await share(server.url, "prompt_direct", "newer");
  const olga = await host(link.host);
  await write(olga, "Agent", "ask");
  const card = olga.getByRole("article", { name: /The agent asks: May I clean up\?/ });
  for (const text of [
    "May I clean up?",
    "Old builds take a lot of space.",
    "rm -r build",
    "/srv/shop",
  ])
    await card.getByText(text).first().waitFor();
  await expectAccessible(olga, "with a question about a command");
  await card.getByRole("button", { name: "Keep them" }).click();
  await said(olga, "You chose no.").waitFor();
});

test("a part of the page that cannot be loaded does not empty the page", async () => {
  const link = await share(server.url, "prompt_direct", "fast");
  const olga = await visitor(server.url);
  await olga.route(/assets\/Review-/, (route) => route.abort());
  await olga.goto(link.host);
  await olga.locator(".composer").waitFor();
  await olga.getByRole("button", { name: "Changes" }).first().click();
  await olga.getByRole("dialog").getByRole("button", { name: "Reload" }).waitFor();
  await olga.keyboard.press("Escape");
  await olga.locator(".composer").waitFor();
  people.forEach((p) => p.complaints.splice(0)); // of the requests that were cut off
});
