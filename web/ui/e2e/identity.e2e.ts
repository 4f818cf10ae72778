import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";

import { expectAccessibleInBothSchemes } from "./axe.ts";
import { people, visitor } from "./people.ts";

const tools = fileURLToPath(new URL("../../../.tools", import.meta.url));

let dir: string;
let url: string;
let issuer: string;
const children: ChildProcess[] = [];

/** Starts a program. */
function start(program: string, flags: string[]): ChildProcess {
  const child = spawn(program, flags, { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  return child;
}

/** Returns the first line that a program prints. */
async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  return new Promise((resolve) => lines.once("line", resolve));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

// One server and one real OpenID provider for the tests of this file.
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "parley-ui-"));
  const openid = join(dir, "openid");
  const built = spawnSync("go", ["build", "-o", openid, "./openid"], {
    cwd: tools,
    stdio: "inherit",
  });
  if (built.status !== 0) throw new Error("the provider does not build");
  url = `http://127.0.0.1:${await freePort()}`;
  issuer = await firstLine(start(openid, ["-redirect", `${url}/api/sign-in/callback`]));
  const flags = ["--listen", url.slice("http://".length), "--data", join(dir, "data")];
  const oidc = ["--oidc-issuer", issuer, "--oidc-client-id", "parley", "--oidc-name", "Example"];
  start(inject("parley"), ["serve", ...flags, ...oidc]);
  while (!(await fetch(url).catch(() => null))) await setTimeout(50); // the hook has a limit
}, 180_000);

afterAll(async () => {
  for (const child of children) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.kill("SIGTERM")) await ended;
  }
  await rm(dir, { recursive: true, force: true });
});

// The pages of the provider are elsewhere, and nothing else is.
afterEach(() => {
  for (const p of people) {
    const others = p.complaints.filter((c) => !c.startsWith(`elsewhere: ${issuer}`));
    p.complaints.splice(0, Infinity, ...others);
  }
});

/** Signs in at the provider's page, from a page of the server. */
async function signIn(page: Page, user: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in with Example" }).click();
  await page.locator("input[name=username]").fill(user);
  await page.locator("input[name=password]").fill("secret");
  await page.locator("button[type=submit], input[type=submit]").first().click();
}

/** Shares a session of the demo agent as the person who is signed in on a page. */
async function share(page: Page): Promise<{ session: string; invite: string; own: string }> {
  const token = String(await page.evaluate("localStorage.getItem('parley:operator')"));
  const post = async (path: string, body: object) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/${path}`, init);
    expect(response.status).toBe(201);
    return response.json() as Promise<any>;
  };
  const { session: agent } = await post("sessions", { agent: "demo" });
  const made = await post("shared-sessions", { hostSessionId: agent.id, hostUserId: "forged" });
  const { id, accessToken } = made.hostParticipant;
  const at = `${url}/s/${made.session.id}`;
  return {
    session: made.session.id,
    invite: `${at}#i=${made.inviteToken}`,
    own: `${at}#p=${id}:${accessToken}`,
  };
}

test("people sign in with an OpenID provider, and everyone sees who is verified", async () => {
  const ann = await visitor(url);
  await ann.goto(url);
  await ann.getByRole("button", { name: "Sign in with Example" }).waitFor();
  await expectAccessibleInBothSchemes(ann, "signing in with a provider");
  await signIn(ann, "ann");
  await ann.getByText("You are signed in as Ann Smith.").waitFor();
  expect(ann.url()).toBe(`${url}/`);
  await ann.reload();
  await ann.getByText("You are signed in as Ann Smith.").waitFor();

  const { invite, own } = await share(ann);
  await ann.goto(own);
  await ann.locator("textarea").first().waitFor();

  // Ben opens the invite, signs in, and comes back to it.
  const ben = await visitor(url);
  await ben.goto(invite);
  await ben.getByRole("button", { name: "Sign in with Example" }).waitFor();
  await expectAccessibleInBothSchemes(ben, "joining with a provider");
  await signIn(ben, "ben");
  await ben.getByText("You are signed in as Ben Smith (ben@example.com)").waitFor();
  await ben.getByRole("button", { name: "Join the session" }).click();
  await ben.locator("textarea").first().waitFor();
  await ben.reload();
  await ben.locator("textarea").first().waitFor();

  const verified = ann.getByText("verified by the server as ben@example.com");
  await expect.poll(() => verified.count(), { timeout: 20_000 }).toBeGreaterThan(0);

  // With the link alone, nobody is Ann.
  const eve = await visitor(url);
  await eve.goto(own);
  await eve.getByRole("heading", { name: "Sign in to come back" }).waitFor();
  await signInHere(eve, "ben");
  await eve.getByRole("heading", { name: "You cannot come back with this link" }).waitFor();
}, 60_000);

async function signInHere(page: Page, user: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator("input[name=username]").fill(user);
  await page.locator("input[name=password]").fill("secret");
  await page.locator("button[type=submit], input[type=submit]").first().click();
}

test("an address that the provider has not verified is no identity", async () => {
  const uma = await visitor(url);
  await uma.goto(url);
  await signIn(uma, "uma");
  await uma.getByText("has not verified your e-mail address").waitFor();
}, 60_000);
