import { afterAll, beforeAll, test } from "vitest";

import { expectAccessibleInBothSchemes } from "./axe.ts";
import { said } from "./browser.ts";
import { decide } from "./cards.ts";
import { host, visitor, write } from "./people.ts";
import { startServer, type Server } from "./server.ts";
import { member, share } from "./share.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

test("axe finds nothing serious in a room", async () => {
  const link = await share(server.url, "prompt_with_approval", "fast");
  const olga = await host(link.host);
  const ben = await visitor(server.url);
  await ben.goto(link.invite);
  await ben.getByText("1 person in the session").waitFor();
  await expectAccessibleInBothSchemes(ben, "join");
  await ben.getByLabel("Your name").fill("Ben");
  await ben.getByRole("button", { name: "Join the session" }).click();
  await write(ben, "People", "Hello https://a.example");
  await write(ben, "Agent", "Fix it");
  await olga.getByText("Ben proposes", { exact: true }).waitFor();
  await expectAccessibleInBothSchemes(olga, "a proposal");
  await decide(olga.getByRole("button", { name: "Approve" }));
  await olga.getByRole("button", { name: "Allow", exact: true }).waitFor();
  await expectAccessibleInBothSchemes(olga, "a permission");
  await decide(olga.getByRole("button", { name: "Allow", exact: true }));
  await said(olga, "Done in").waitFor();
  await expectAccessibleInBothSchemes(olga, "a turn that is done");
  await write(olga, "Agent", "markdown");
  await said(olga, "Ünïcödé").waitFor();
  await expectAccessibleInBothSchemes(olga, "markdown");
});

test("axe finds nothing serious in the dialogs of a room, and on other pages", async () => {
  const link = await share(server.url, "prompt_with_approval", "fast");
  const olga = await host(link.host);
  await member(link.invite, "Ben");
  await olga.getByRole("button", { name: "Invite", exact: true }).click();
  await expectAccessibleInBothSchemes(olga, "the invite");
  await olga.keyboard.press("Escape");
  await olga.getByRole("button", { name: "More", exact: true }).click();
  await olga.getByRole("menuitem", { name: "Close the session" }).waitFor();
  await expectAccessibleInBothSchemes(olga, "the menu");
  await olga.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
  await olga.getByRole("dialog").getByText("Jump to the latest").waitFor();
  await expectAccessibleInBothSchemes(olga, "shortcuts");
  await olga.keyboard.press("Escape");
  await olga.setViewportSize({ width: 390, height: 844 });
  await olga.getByRole("button", { name: /^People/ }).click();
  await olga.getByRole("dialog").getByText("Collaborator").waitFor();
  await expectAccessibleInBothSchemes(olga, "people, on a phone");
  await olga.goto(server.url);
  await olga.getByText("Prompts need approval").first().waitFor();
  await expectAccessibleInBothSchemes(olga, "start");
  await olga.getByRole("button", { name: "Share a session" }).click();
  await expectAccessibleInBothSchemes(olga, "share");
  await olga.goto(`${server.url}/s/none`);
  await olga.getByRole("heading").waitFor();
  await expectAccessibleInBothSchemes(olga, "a state page");
});
