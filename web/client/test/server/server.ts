import { spawn, type ChildProcess } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import { formatLink } from "../../src/index.js";
import { pinned } from "../../src/node.js";
import type { CreateAnswer, HostSessionAnswer } from "../../src/index.js";

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
    const { session: agent } = await this.post<HostSessionAnswer>("sessions", { agent: name });
    const created = await this.post<CreateAnswer>("shared-sessions", {
      hostSessionId: agent.id,
      hostUserId: "olga",
    });
    const { id, accessToken } = created.hostParticipant;
    const { certificate } = this;
    const link = { server, session: created.session.id, ...(certificate && { certificate }) };
    return {
      host: formatLink({ ...link, participant: { id, token: accessToken ?? "" } }),
      invite: formatLink({ ...link, invite: created.inviteToken }),
    };
  }

  private async post<Answer>(path: string, body: object): Promise<Answer> {
    const { certificate } = this;
    const link = { server: this.url, session: "", ...(certificate && { certificate }) };
    const { fetch = globalThis.fetch } = pinned(link);
    const response = await fetch(`${this.url}/api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Answer;
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
    let said = "";
    for await (const chunk of this.child.stderr!) {
      said += String(chunk);
      const url = /parley is ready: (https?:\/\/[^"]+)/.exec(said)?.[1];
      if (url) {
        this.url = url;
        this.certificate = certificateIn(join(this.data, "tls.pem"));
        this.child.stderr!.resume();
        return;
      }
    }
    throw new Error(`the server did not start: ${said}`);
  }
}
