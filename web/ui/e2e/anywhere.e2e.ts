import { execFileSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";
import { expect, inject, onTestFinished, test } from "vitest";

import { launch, person, said } from "./browser.ts";
import { decide } from "./cards.ts";
import { canMakeLan, makeLan, type Machine } from "./lan.ts";
import { write } from "./people.ts";

const agent = fileURLToPath(new URL("count.mjs", import.meta.url));
const tools = fileURLToPath(new URL("../../../.tools", import.meta.url));
const operating = fileURLToPath(new URL("../../../docs/operating.md", import.meta.url));

/** How long the laptop sleeps, in milliseconds. PARLEY_SLEEP is in seconds. */
const sleeps = Number(process.env.PARLEY_SLEEP ?? 3) * 1_000;

test.skipIf(!canMakeLan("nginx", "openssl"))(
  "an agent on a laptop, a server behind a proxy, a member who signs in and a guest, through every break",
  async () => {
    const world = await makeWorld();
    const [ann, ben, gil] = await Promise.all([world.person(), world.person(), world.person()]);
    await world.login(ann);
    const share = await world.share();
    await ann.goto(share.own);
    await ann.getByRole("button", { name: "Sign in", exact: true }).click();
    await enterPassword(ann, "ann");
    await ann.getByLabel("Prompt", { exact: true }).waitFor();
    await ben.goto(share.invite);
    await ben.getByRole("button", { name: "Sign in with Example" }).click();
    await enterPassword(ben, "ben");
    await gil.goto(share.invite);
    await gil.getByLabel("Your name").fill("Gil");
    for (const page of [ben, gil])
      await page.getByRole("button", { name: "Join the session" }).click();
    await write(gil, "Agent", "count 60");
    await decide(ann.getByRole("button", { name: "Approve", exact: true }));
    await said(gil, "<5>").waitFor();

    share.signal("SIGSTOP");
    await world.restartServer();
    await new Promise((done) => setTimeout(done, sleeps));
    world.laptop.move();
    share.signal("SIGCONT");

    await decide(ann.getByRole("button", { name: "Allow" }));
    for (const page of [ann, ben, gil]) {
      await said(page, "Done in").waitFor();
      await said(page, numbers(1, 30)).waitFor(); // no piece is missing, and none is there twice
      await said(page, numbers(31, 60)).waitFor();
      expect(await said(page, "<30>").count()).toBe(1);
    }
    expect(await world.strangers(share.invite)).toEqual({
      "lists the sessions": 401,
      "lists them at the server itself": 401,
      "claims to come from this machine": 401,
      "claims to be somebody": 401,
      "makes a proof of its own": 401,
      "starts an agent": 401,
      "reads a session": 401,
    });
    expect(share.received()).toEqual([
      ...["initialize", "session/new", "session/prompt"],
      'answer {"outcome":{"outcome":"selected","optionId":"yes"}}',
    ]);
  },
  120_000 + sleeps,
);

/** Signs in on the provider's page. */
async function enterPassword(page: Page, user: string): Promise<void> {
  await page.locator("input[name=username]").fill(user);
  await page.locator("input[name=password]").fill("secret");
  await page.locator("[type=submit]").first().click();
}

/** Returns what the agent says from one number to another. */
function numbers(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, n) => `<${from + n}>`).join("");
}

/** Builds the OpenID provider. */
function buildProvider(dir: string): string {
  const program = join(dir, "openid");
  execFileSync("go", ["build", "-o", program, "./openid"], { cwd: tools, stdio: "pipe" });
  return program;
}

/**
 * Makes a network with a server, a proxy with TLS in front of it, an OpenID provider, a laptop
 * and a desk with a browser.
 */
async function makeWorld() {
  const dir = mkdtempSync(join(tmpdir(), "parley-anywhere-"));
  const lan = makeLan();
  const running: ChildProcess[] = [];
  const start = (on: Machine, program: string, args: string[], env?: Record<string, string>) => {
    const child = on.run(program, args, env);
    running.push(child);
    child.stderr!.resume();
    return child;
  };
  onTestFinished(async () => {
    await Promise.all(running.map((child) => end(child, "SIGTERM")));
    lan.remove();
    rmSync(dir, { recursive: true });
  });
  const [server, proxy, accounts, laptop, desk] = [
    ...["server", "proxy", "accounts", "laptop", "desk"],
  ].map((name) => lan.machine(name)) as [Machine, Machine, Machine, Machine, Machine];
  lan.call("parley.test", proxy);
  lan.call("accounts.test", proxy);
  const url = "https://parley.test/team";
  const issuer = "https://accounts.test";
  const provider = start(accounts, buildProvider(dir), [
    ...["-listen", `${accounts.address}:8080`, "-issuer", issuer],
    ...["-redirect", `${url}/api/sign-in/callback`],
  ]);
  await lineWith(provider.stdout!, /http/);

  const trusting = { SSL_CERT_FILE: join(dir, "cert.pem") };
  const serve = () => {
    const flags = [
      ...["serve", "--listen", `${server.address}:7777`, "--data", join(dir, "data")],
      ...["--public-url", url, "--trusted-proxies", proxy.address],
      ...["--oidc-issuer", issuer, "--oidc-client-id", "parley", "--oidc-name", "Example"],
    ];
    return start(server, inject("parley"), flags, trusting);
  };
  startProxy(start, [proxy, server, accounts], dir);
  let serving = serve();
  await lineWith(serving.stderr!, /parley is ready/);
  const mine = {
    XDG_CONFIG_HOME: join(dir, "config"),
    XDG_DATA_HOME: join(dir, "share"),
    ...trusting,
  };

  const browser = await launch({ whole: false, through: (path) => desk.script(path) });
  onTestFinished(() => browser.close());
  return {
    laptop,
    async person() {
      const p = await person(browser, url, { ignoreHTTPSErrors: true });
      p.page.setDefaultTimeout(60_000);
      return p.page;
    },
    /** Signs the laptop's user in, who goes on in a browser as the terminal says. */
    async login(page: Page) {
      const child = start(laptop, inject("parley"), ["login", url], mine);
      const output = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      const next = async (pattern: RegExp) => {
        for (;;) {
          const { value = "", done } = await output.next();
          const found = pattern.exec(value)?.[1];
          if (found) return found;
          if (done) throw new Error(`parley login has not printed ${pattern}`);
        }
      };
      const device = await next(/(http\S+device)/);
      const code = await next(/asks for this code: (\S+)/);
      await page.goto(device);
      await page.locator("input[name=user_code]").fill(code);
      await page.locator("[type=submit]").click();
      await enterPassword(page, "ann");
      await page.getByRole("button", { name: "Allow" }).click();
      await next(/(signed in to .* as Ann Smith)/);
      await ended(child);
    },
    /** Returns how what a stranger at the desk tries is answered. */
    async strangers(invite: string) {
      const direct = `http://${server.address}:7777/team`;
      const session = new URL(invite).pathname.split("/").pop();
      const loopback = { "X-Forwarded-For": "127.0.0.1", Forwarded: "for=127.0.0.1" };
      const parts = [{ alg: "none" }, { iss: issuer, aud: "parley", sub: "ann", exp: 4e9 }];
      const encoded = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
      const unsigned = `Bearer ${encoded.join(".")}.`;
      const tries = {
        "lists the sessions": [`${url}/api/sessions`],
        "lists them at the server itself": [`${direct}/api/sessions`],
        "claims to come from this machine": [`${direct}/api/sessions`, { headers: loopback }],
        "claims to be somebody": [
          `${url}/api/sessions`,
          { headers: { "X-Forwarded-User": "ann" } },
        ],
        "makes a proof of its own": [
          `${url}/api/sessions`,
          { headers: { Authorization: unsigned } },
        ],
        "starts an agent": [`${url}/api/sessions`, { method: "POST", body: '{"agent":"demo"}' }],
        "reads a session": [`${url}/api/shared-sessions/${session}/messages`],
      };
      const script = `const answers = {};
        for (const [what, how] of Object.entries(${JSON.stringify(tries)})) answers[what] = (await fetch(...how)).status;
        console.log(JSON.stringify(answers));`;
      const args = ["--input-type=module", "-e", script];
      const child = start(desk, process.execPath, args, {
        NODE_EXTRA_CA_CERTS: join(dir, "cert.pem"),
      });
      return JSON.parse(await lineWith(child.stdout!, /{.*}/)) as Record<string, number>;
    },
    async restartServer() {
      await end(serving, "SIGKILL");
      serving = serve();
      await lineWith(serving.stderr!, /parley is ready/);
    },
    async share() {
      const log = join(dir, "received");
      const args = ["share", "--server", url, "--name", "Ann", "--no-terminal"];
      const child = start(
        laptop,
        inject("parley"),
        [...args, "--", process.execPath, agent, log],
        mine,
      );
      const lines = createInterface({ input: child.stdout! });
      let own = "";
      let invite = "";
      for await (const line of lines) {
        own ||= /https:\S+#p=\S+/.exec(line)?.[0] ?? "";
        invite ||= /https:\S+#i=\S+/.exec(line)?.[0] ?? "";
        if (own && invite) break;
      }
      child.stdout!.resume();
      return {
        own,
        invite,
        signal: (signal: NodeJS.Signals) => child.kill(signal),
        received: () => readFileSync(log, "utf8").trim().split("\n"),
      };
    },
  };
}

type Start = (
  on: Machine,
  program: string,
  args: string[],
  env?: Record<string, string>,
) => ChildProcess;

/** Starts nginx with TLS, and with the settings that the documentation shows. */
function startProxy(
  start: Start,
  [proxy, server, accounts]: [Machine, Machine, Machine],
  dir: string,
): void {
  const certificate = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
  execFileSync(
    "openssl",
    [
      ...certificate.split(" "),
      ...["-subj", "/CN=parley.test", "-addext"],
      "subjectAltName=DNS:parley.test,DNS:accounts.test",
      ...["-keyout", join(dir, "key.pem"), "-out", join(dir, "cert.pem")],
    ],
    { stdio: "pipe" },
  );
  const [, location = ""] = /^```\n(location [^`]*)^```$/m.exec(readFileSync(operating, "utf8"))!;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${dir}/nginx-${kind};`)
    .join("\n");
  const settings = `
    daemon off;
    user root;
    pid ${dir}/nginx.pid;
    events {}
    http {
      access_log off;
      ${temporary}
      ssl_certificate ${dir}/cert.pem;
      ssl_certificate_key ${dir}/key.pem;
      server {
        listen ${proxy.address}:443 ssl http2;
        server_name parley.test;
        ${location.replace("127.0.0.1", server.address)}
      }
      server {
        listen ${proxy.address}:443 ssl http2;
        server_name accounts.test;
        location / { proxy_pass http://${accounts.address}:8080; }
      }
    }`;
  const file = join(dir, "nginx.conf");
  writeFileSync(file, settings);
  start(proxy, "nginx", ["-e", "stderr", "-p", dir, "-c", file]);
}

/** Returns the text in the first line that matches. */
async function lineWith(output: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: output })) {
    lines.push(line);
    const found = pattern.exec(line)?.[0];
    if (found) {
      output.resume();
      return found;
    }
  }
  throw new Error(`the program has not printed ${pattern}, but:\n${lines.join("\n")}`);
}

/** Waits for a program to end. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once("exit", resolve));
}

/** Ends a program by a signal. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended(child);
}
