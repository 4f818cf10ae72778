import { Connection } from "./connection.js";
import type { Core } from "./core.js";
import { connectionLost } from "./errors.js";
import { backoff, type WebSocketLike } from "./options.js";
import { dial } from "./socket.js";
import { isMeant, judge, type Ended } from "./verdict.js";

const maxUpgradeMs = 5 * 60_000;

/** Runs the client: one connection after another. */
export class Runner {
  private connection: Connection | undefined;
  private way: "live" | "fallback";
  private failures = 0;
  /** A socket that was opened while plain HTTP was in use. */
  private socket: WebSocketLike | undefined;
  private upgradeMs: number;
  private wake = () => {};

  constructor(private readonly core: Core) {
    this.way = core.settings.WebSocket ? "live" : "fallback";
    this.upgradeMs = core.settings.upgradeAfterMs;
    core.onStop = () => {
      this.connection?.end({ error: (core.state as { error: Ended["error"] }).error });
      this.wake();
    };
  }

  /** Ends the wait for the next attempt. */
  retryNow(): void {
    this.wake();
  }

  /** Sends the waiting commands. */
  flush(): void {
    void this.connection?.flush();
  }

  /** Connects until the client has ended for good. */
  async run(): Promise<void> {
    const stopSignals = this.core.settings.signals?.((signal) => {
      if (signal === "back") this.retryNow();
      this.connection?.doubt();
    });
    while (!this.core.stopped) {
      const c = (this.connection = new Connection(this.core, this.way, this.socket));
      this.socket = undefined;
      const stopUpgrade = this.upgradeFrom(c);
      const ended = await c.ended;
      stopUpgrade();
      if (!this.core.stopped) await this.after(c, ended);
    }
    stopSignals?.();
  }

  /** Decides what follows a connection, and waits for the time. */
  private async after(c: Connection, ended: Ended): Promise<void> {
    if (c.progress) this.failures = 0;
    if (this.switchesKind(c, ended)) return;
    if (ended.upgrade) return; // nothing was lost, so the state does not change
    // A silent stream may have been intact.
    if (ended.dead && c.welcomed && this.way === "fallback") return;
    const verdict = judge(ended, this.core.settings.rateLimitPauseMs);
    if (verdict.stop) return this.core.stop(verdict.stop, verdict.error);
    const state = this.core.greeted ? "reconnecting" : "connecting";
    const { error } = ended;
    const atOnce = ended.dead || (verdict.atOnce && c.progress);
    if (!atOnce) {
      const retryInMs = verdict.pauseMs + backoff(this.core.settings, this.failures++);
      this.core.setState({ state, error, retryInMs });
      await this.sleep(retryInMs);
    }
    this.core.setState({ state, error });
  }

  /**
   * Chooses the kind of the next connection. Returns true if the next attempt must
   * follow at once: a WebSocket that fails says nothing about plain HTTP.
   */
  private switchesKind(c: Connection, ended: Ended): boolean {
    if (this.way === "live") {
      const failed = !c.welcomed && !ended.refused && !isMeant(ended.code ?? 0);
      if (failed) this.way = "fallback";
      else this.upgradeMs = this.core.settings.upgradeAfterMs;
      return failed;
    }
    if (this.core.settings.WebSocket && (ended.upgrade || !c.welcomed)) this.way = "live";
    this.socket = ended.upgrade;
    return false;
  }

  /** Tries to open a WebSocket from time to time while plain HTTP is in use. */
  private upgradeFrom(c: Connection): () => void {
    const { WebSocket, handshakeTimeoutMs, identity } = this.core.settings;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = this.way === "live";
    const attempt = async () => {
      this.upgradeMs = Math.min(this.upgradeMs * 2, maxUpgradeMs);
      const late = AbortSignal.timeout(handshakeTimeoutMs);
      const dialling = dial(this.core.link, WebSocket!, late, identity?.());
      const upgrade = await dialling.catch(() => undefined);
      if (!upgrade) later();
      else if (!c.end({ upgrade, error: connectionLost("replaced by a WebSocket") }))
        upgrade.close();
    };
    const later = () => {
      if (!over) timer = setTimeout(attempt, this.upgradeMs);
    };
    if (WebSocket) later();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}
