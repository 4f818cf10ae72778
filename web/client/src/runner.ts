import { Connection } from "./connection.js";
import type { Core } from "./core.js";
import { connectionLost } from "./errors.js";
import { backoff, type WebSocketLike } from "./options.js";
import { dial } from "./socket.js";
import { isMeant, judge, type Ended } from "./verdict.js";

const longestUpgradeMs = 5 * 60_000;

/** The client's life: one connection after another. */
export class Runner {
  private connection: Connection | undefined;
  private way: "live" | "fallback";
  private failures = 0;
  /** A socket that was opened while the fallback was in use. */
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

  /** Cuts the wait for the next attempt short. */
  retryNow(): void {
    this.wake();
  }

  /** Sends what waits to be sent. */
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

  /** Decides what comes after a connection, and waits for its time. */
  private async after(c: Connection, ended: Ended): Promise<void> {
    if (c.progress) this.failures = 0;
    if (this.triesOtherWay(c, ended)) return;
    if (ended.upgrade) return; // nothing was lost: the state stays what it is
    // A stream that was silent may have been good.
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
   * Chooses the way of the next attempt. Returns true if that shall be made at
   * once: a socket that cannot be had says nothing about the other way.
   */
  private triesOtherWay(c: Connection, ended: Ended): boolean {
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

  /** Tries for a socket from time to time while there is none. */
  private upgradeFrom(c: Connection): () => void {
    const { WebSocket, handshakeTimeoutMs } = this.core.settings;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = this.way === "live";
    const attempt = async () => {
      this.upgradeMs = Math.min(this.upgradeMs * 2, longestUpgradeMs);
      const late = AbortSignal.timeout(handshakeTimeoutMs);
      const upgrade = await dial(this.core.link, WebSocket!, late).catch(() => undefined);
      if (!upgrade) later();
      else if (!c.end({ upgrade, error: connectionLost("not needed any more") })) upgrade.close();
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
