import { spawn, type ChildProcess } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import { Server as Requests } from "../../src/index.js";
import { pinned } from "../../src/node.js";

/** The links into a shared session with the demo agent. */
export interface Shared {
  host: string;
  invite: string;
}

/** Returns the fingerprint of the certificate in a file, if there is the file. */
function certificateIn(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const { raw } = new X509Certificate(readFileSync(path));
  return createHash("sha256").update(raw).digest("base64url");
}

/** The real server, on a free loopback port, with a data directory of its own. */
export class Server {
  url = "";
  private child: ChildProcess | undefined;

  /** The fingerprint of its self-signed certificate, if it has one. */
  certificate: string | undefined;

  private constructor(
    private readonly data: string,
    private readonly flags: string[],
  ) {}

  /** Starts a server that ends with the test, with further flags. */
  static async start(...flags: string[]): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), "parley-client-test-")), flags);
    onTestFinished(async () => {
      await server.stop();
      rmSync(server.data, { recursive: true });
    });
    await server.run("127.0.0.1:0");
    return server;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Stops it and starts it again, at the same address and with the same data. */
  async restart(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.stop(signal);
    await this.run(new URL(this.url).host);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  /** Starts an agent and shares it. */
  async share(server = this.url, name = "quick"): Promise<Shared> {
    const { certificate } = this;
    const pin = certificate ? { certificate } : {};
    const { fetch } = pinned({ server: this.url, session: "", ...pin });
    const requests = new Requests(this.url, { ...pin, ...(fetch && { fetch }) });
    const made = await requests.startAndShare({ agent: name }, { hostUserId: "olga" });
    return {
      host: made.own.replace(this.url, server),
      invite: made.invite.replace(this.url, server),
    };
  }

  private async run(listen: string): Promise<void> {
    const parley = inject("parley");
    const agent = `quick=${parley} demo-agent --pace 2ms`;
    const stream = `stream=${process.execPath} ${join(import.meta.dirname, "streamAgent.mjs")}`;
    const agents = ["--agent", agent, "--agent", stream];
    const args = ["serve", "--listen", listen, "--data", this.data, ...agents];
    this.child = spawn(parley, [...args, "--log-format", "json", ...this.flags], {
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", "ignore", "pipe"],
    });
    // It is read to its end: a write to a closed pipe would end the server.
    const { stderr } = this.child;
    let said = "";
    this.url = await new Promise((started, failed) => {
      stderr!.on("data", (chunk) => {
        said += String(chunk);
        const url = /parley is ready: (https?:\/\/[^"]+)/.exec(said)?.[1];
        if (url) started(url);
      });
      stderr!.once("end", () => failed(new Error(`the server did not start: ${said}`)));
    });
    this.certificate = certificateIn(join(this.data, "tls.pem"));
  }
}
