import { execFileSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { expect, inject, onTestFinished, test } from "vitest";

import { launch, person, said } from "./browser.ts";
import { canMakeLan, makeLan, type Machine } from "./lan.ts";
import { write } from "./people.ts";

const agent = fileURLToPath(new URL("count.mjs", import.meta.url));
const operating = fileURLToPath(new URL("../../../docs/operating.md", import.meta.url));

/** How long the laptop sleeps, in milliseconds. */
const sleeps = Number(process.env.PARLEY_SLEEP ?? 3) * 1_000;

test.skipIf(!canMakeLan("nginx", "openssl"))(
  "an agent on a laptop, a server behind a proxy and a guest elsewhere, through every break",
  async () => {
    const world = await makeWorld();
    const share = await world.share();
    const [olga, ben] = await Promise.all([world.person(), world.person()]);
    await olga.goto(share.own);
    await ben.goto(share.invite);
    await ben.getByLabel("Your name").fill("Ben");
    await ben.getByRole("button", { name: "Join the session" }).click();
    await write(ben, "Agent", "count 60");
    await olga.getByRole("button", { name: "Approve", exact: true }).click();
    await said(ben, "<5>").waitFor();

    share.signal("SIGSTOP");
    await world.restartServer();
    await new Promise((done) => setTimeout(done, sleeps));
    world.laptop.move();
    share.signal("SIGCONT");

    await olga.getByRole("button", { name: "Allow" }).click();
    await said(ben, "<60>").waitFor();
    await said(ben, "Done in").waitFor();
    for (const page of [olga, ben]) {
      await said(page, numbers(1, 30)).waitFor(); // no piece is missing, and none is there twice
      await said(page, numbers(31, 60)).waitFor();
      expect(await said(page, "<30>").count()).toBe(1);
    }
    expect(await world.strangers(share.invite)).toEqual({
      "lists the sessions": 401,
      "lists them at the server itself": 401,
      "claims to come from this machine": 401,
      "starts an agent": 401,
      "reads a session": 401,
    });
    expect(share.received()).toEqual([
      ...["initialize", "session/new", "session/prompt"],
      'answer {"outcome":{"outcome":"selected","optionId":"yes"}}',
    ]);
  },
);

/** Returns what the agent says from one number to another. */
function numbers(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, n) => `<${from + n}>`).join("");
}

/** Makes a network with a server, a proxy with TLS in front of it, a laptop and a desk. */
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
  const [server, proxy, laptop, desk] = ["server", "proxy", "laptop", "desk"].map((name) =>
    lan.machine(name),
  ) as [Machine, Machine, Machine, Machine];
  lan.call("parley.test", proxy);
  const url = "https://parley.test/team";

  const serve = () =>
    start(server, inject("parley"), [
      ...["serve", "--listen", `${server.address}:7777`, "--data", join(dir, "data")],
      ...["--public-url", url, "--trusted-proxies", proxy.address],
    ]);
  startProxy(start, proxy, server, dir);
  let serving = serve();
  const signIn = await lineWith(serving.stdout!, /https:\S+#k=\S+/);
  const mine = {
    XDG_CONFIG_HOME: join(dir, "config"),
    XDG_DATA_HOME: join(dir, "share"),
    SSL_CERT_FILE: join(dir, "cert.pem"),
  };
  await ended(start(laptop, inject("parley"), ["login", signIn], mine));

  const browser = await launch({ whole: false, through: (path) => desk.script(path) });
  onTestFinished(() => browser.close());
  return {
    laptop,
    async person() {
      const p = await person(browser, url, { ignoreHTTPSErrors: true });
      p.page.setDefaultTimeout(60_000);
      return p.page;
    },
    /** Returns how what a stranger at the desk tries is answered. */
    async strangers(invite: string) {
      const direct = `http://${server.address}:7777/team`;
      const session = new URL(invite).pathname.split("/").pop();
      const loopback = { "X-Forwarded-For": "127.0.0.1", Forwarded: "for=127.0.0.1" };
      const tries = {
        "lists the sessions": [`${url}/api/sessions`],
        "lists them at the server itself": [`${direct}/api/sessions`],
        "claims to come from this machine": [`${direct}/api/sessions`, { headers: loopback }],
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
      serving.stdout!.resume();
    },
    async share() {
      const log = join(dir, "received");
      const args = ["share", "--server", url, "--name", "Olga", "--no-terminal"];
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
function startProxy(start: Start, proxy: Machine, server: Machine, dir: string): void {
  const certificate = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
  execFileSync(
    "openssl",
    [
      ...certificate.split(" "),
      ...["-subj", "/CN=parley.test", "-addext", "subjectAltName=DNS:parley.test"],
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
      server {
        listen ${proxy.address}:443 ssl http2;
        ssl_certificate ${dir}/cert.pem;
        ssl_certificate_key ${dir}/key.pem;
        ${location.replace("127.0.0.1", server.address)}
      }
    }`;
  const file = join(dir, "nginx.conf");
  writeFileSync(file, settings);
  start(proxy, "nginx", ["-e", "stderr", "-p", dir, "-c", file]);
}

/** Returns the text in the first line that matches. */
async function lineWith(output: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const found = pattern.exec(line)?.[0];
    if (found) {
      output.resume();
      return found;
    }
  }
  throw new Error(`the program has not printed ${pattern}`);
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
