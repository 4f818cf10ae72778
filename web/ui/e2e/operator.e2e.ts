import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { Server } from "parley-client";
import { expect, inject, onTestFinished, test } from "vitest";

import { expectAccessibleInBothSchemes } from "./axe.ts";
import { host, more, visitor } from "./people.ts";

/** Starts a protected server, and returns its address and its first sign-in link. */
async function startProtected(...flags: string[]): Promise<{ url: string; link: string }> {
  const dir = await mkdtemp(join(tmpdir(), "parley-ui-"));
  const child: ChildProcess = spawn(
    inject("parley"),
    ["serve", "--protected", "--listen", "127.0.0.1:0", "--data", dir, ...flags],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    await rm(dir, { recursive: true, force: true });
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const link = /https?:\/\/\S+#k=\S+/.exec(line)?.[0];
    if (!link) continue;
    child.stdout!.resume();
    return { url: new URL(link).origin, link };
  }
  throw new Error("the server has printed no sign-in link");
}

test.each([
  { over: "HTTPS, with the key in a cookie", flags: ["--tls-self-signed"], stored: [] },
  { over: "plain HTTP, with the key in storage", flags: [], stored: ["parley:operator"] },
])("an operator signs in by a link, over $over", async ({ flags, stored }) => {
  const { url, link } = await startProtected(...flags);
  const page = await visitor(url, { ignoreHTTPSErrors: true });
  await page.goto(url);
  const form = page.getByRole("region", { name: "For operators of this server" });
  await form.waitFor();
  expect(await page.getByRole("button", { name: "Share a session" }).count()).toBe(0);
  await expectAccessibleInBothSchemes(page, "signing in as an operator");
  await form.getByLabel("Key or sign-in link").fill("wrong");
  await form.getByRole("button", { name: "Sign in" }).click();
  await form.getByText("The operator's key is not valid").waitFor();

  await page.goto(link);
  await page.getByText("You are signed in as operator.").waitFor();
  expect(page.url()).toBe(`${url}/`);
  await page.getByRole("button", { name: "Share demo", exact: true }).waitFor();
  await page.reload();
  await page.getByText("You are signed in as operator.").waitFor();
  const kept = "Object.keys(localStorage).filter((k) => k === 'parley:operator')";
  expect(await page.evaluate(kept)).toEqual(stored);
  expect(await page.evaluate("document.cookie")).toBe("");

  const eve = await visitor(url, { ignoreHTTPSErrors: true });
  await eve.goto(link);
  await eve.getByText("The sign-in link is not valid, or no longer").waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await form.waitFor();
  await page.reload();
  await form.waitFor();
});

test("a host who is no operator learns what only operators may do before deciding", async () => {
  const { url, link } = await startProtected();
  const { key } = await new Server(url).signIn({ code: link.split("#k=")[1]! });
  const server = new Server(url, { token: key! });
  const { own } = await server.startAndShare({ agent: "demo" }, { hostUserId: "hana" });
  const page = await host(own);

  await more(page, "Try another way in a new session");
  const fork = page.getByRole("dialog", { name: "Try another way in a new session?" });
  await fork.getByText("only operators of this server can start agents").waitFor();
  expect(await fork.getByRole("button", { name: "Make the new session" }).count()).toBe(0);
  await expectAccessibleInBothSchemes(page, "a fork for operators");
  await page.keyboard.press("Escape");

  await more(page, "End the agent's process");
  const stop = page.getByRole("dialog", { name: "End the agent's process?" });
  await stop.getByText("It may also work for other sessions").waitFor();
  await stop.getByRole("button", { name: "End the agent's process" }).click();
  await page.getByText("The agent has ended", { exact: false }).first().waitFor();
});
