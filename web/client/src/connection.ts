import type { Core } from "./core.js";
import { connectionLost, errorFromWire } from "./errors.js";
import { Refusal } from "./http.js";
import type { WebSocketLike } from "./options.js";
import { Probe } from "./probe.js";
import type { Presence, PresenceAnswer } from "./protocol.gen.js";
import { dial, SocketTransport } from "./socket.js";
import { isKnownEvent, type UnknownLine } from "./state.js";
import { StreamTransport } from "./stream.js";
import type { EncodedCommand, Peer, Transport } from "./transport.js";
import type { Ended } from "./verdict.js";
import { Watch } from "./watch.js";
import { encodeCommand, isLonger, newID, tooLarge, type Line } from "./wire.js";

/** One connection, from the attempt to connect to its end. */
export class Connection implements Peer {
  /** Resolves to why it ended. Never rejects. */
  readonly ended: Promise<Ended>;
  /** Whether the server has welcomed the client. */
  welcomed = false;
  /**
   * Whether it has received anything after the welcome, so that the next attempt need
   * not wait long.
   */
  progress = false;

  private readonly aborter = new AbortController();
  private readonly watch = new Watch();
  private readonly probe = new Probe(() => this.lost());
  private readonly hello: EncodedCommand;
  private transport: Transport | undefined;
  private settle!: (ended: Ended) => void;
  private over = false;
  private writing = false;
  /** The number of the last command that was sent. */
  private sent = 0;
  private retryAfterMs: number | undefined;
  private frameBytes = Infinity;
  /** The id of the command that asks for the presence list. */
  private asked: string | undefined;

  /** Connects over a WebSocket, which may already be open, or over plain HTTP. */
  constructor(
    private readonly core: Core,
    way: "live" | "fallback",
    socket?: WebSocketLike,
  ) {
    this.ended = new Promise((resolve) => (this.settle = resolve));
    this.hello = core.hello();
    const timer = setTimeout(
      () => this.end({ error: connectionLost("the server did not answer in time") }),
      core.settings.handshakeTimeoutMs,
    );
    this.aborter.signal.addEventListener("abort", () => clearTimeout(timer));
    this.open(way, socket).catch((error: unknown) => this.failed(error));
  }

  /** Sends the waiting commands, oldest first. */
  async flush(): Promise<void> {
    if (this.writing || !this.welcomed) return;
    this.writing = true;
    try {
      for (let call; !this.over && (call = this.core.calls.after(this.sent));) {
        this.sent = call.number;
        if (isLonger(call.line, this.frameBytes))
          this.core.calls.settle(call.id, tooLarge(call.id));
        else await this.transport?.send(call);
      }
    } catch (error) {
      this.failed(error);
    }
    this.writing = false;
  }

  /**
   * Ends the connection unless it soon proves to work, by the welcome that it waits for
   * or by the answer to a ping. A stream cannot be pinged; it is replaced if it stays
   * silent. Polling requests may each hang by themselves, so they are replaced at once.
   */
  doubt(): void {
    if (this.over) return;
    if (this.welcomed && !this.transport?.lasts) return this.lost();
    this.probe.start(() => (this.welcomed ? this.beat() : undefined));
  }

  alive(): void {
    this.watch.alive();
    this.probe.alive();
    this.progress = this.welcomed;
  }

  receive(line: Line | UnknownLine): void {
    if (this.over) return;
    if (this.welcomed) this.take(line as Line);
    else this.greet(line as Line);
  }

  /** Ends the connection. Only the first call has an effect; later ones return false. */
  end(ended: Ended): boolean {
    if (this.over) return false;
    this.over = true;
    this.aborter.abort();
    this.watch.stop();
    this.probe.stop();
    this.transport?.close();
    this.settle({ retryAfterMs: this.retryAfterMs, ...ended });
    return true;
  }

  private async open(way: "live" | "fallback", socket?: WebSocketLike): Promise<void> {
    const { link, settings, own, cursor } = this.core;
    if (way === "fallback" || !settings.WebSocket) {
      const stream = new StreamTransport(link, settings, this);
      this.transport = stream;
      return stream.open(this.hello, own, cursor);
    }
    socket ??= await dial(link, settings.WebSocket, this.aborter.signal, settings.identity?.());
    this.transport = new SocketTransport(socket, this);
    await this.transport.send(this.hello);
  }

  private lost(): void {
    this.end({ dead: true, error: connectionLost("the connection does not answer") });
  }

  private failed(error: unknown): void {
    if (error instanceof Refusal) this.end({ error: error.error, refused: true });
    else this.end({ error: connectionLost(String(error)) });
  }

  /**
   * Looks for the answer to the first command. Lines before it are for other clients
   * and are dropped.
   */
  private greet(line: Line): void {
    if (line.type === "error") {
      this.end({ error: errorFromWire(line.error), refused: true });
    } else if (line.type === "welcome") {
      this.aborter.abort(); // the handshake is complete
      this.probe.stop();
      this.welcomed = true;
      this.frameBytes = line.payload.limits.frameBytes;
      const silent = () =>
        this.end({ error: connectionLost("the server was silent for too long") });
      this.watch.start(line.payload.heartbeatMs, () => this.beat(), silent);
      this.core.welcomed(line.payload, this.transport?.kind ?? "live");
      void this.flush();
    }
  }

  /**
   * Sends a ping, since a page cannot see the pings of the WebSocket layer. A stream
   * has heartbeats of its own.
   */
  private beat(): string | undefined {
    if (this.transport?.kind !== "live") return undefined;
    const id = newID();
    void this.transport.send({ id, line: encodeCommand(id, "ping", {}) });
    return id;
  }

  private take(line: Line): void {
    const { emitter } = this.core;
    switch (line.type) {
      case "pong":
        this.probe.answered(line.id);
        return this.answered(line.id, line);
      case "ok":
        if (line.id === this.asked) return this.takeList(line.payload as unknown as PresenceAnswer);
        return this.answered(line.id, line);
      case "error":
        this.retryAfterMs = line.error.retryAfterMs;
        if (line.id && line.id === this.asked) return void (this.asked = undefined);
        if (line.id) return this.answered(line.id, line);
        return emitter.emit("error", errorFromWire(line.error));
      case "presence":
        return this.takePresence(line.payload);
      case "typing":
        return emitter.emit(line.type, line.payload);
      case "welcome":
      case "connected":
        return; // these were handled before
      case "hidden":
        return void this.core.isNews(line.cursor); // the client resumes from there
      default:
        return this.takeEvent(line);
    }
  }

  /** Applies a change to the presence list, or asks for the whole list if a change was missed. */
  private takePresence(change: Presence): void {
    const outcome = this.core.presence.apply(change);
    if (outcome === "changed") this.tellPresence();
    if (outcome !== "missed" || this.asked) return;
    this.asked = newID();
    void this.transport?.send({ id: this.asked, line: encodeCommand(this.asked, "presence", {}) });
  }

  private takeList(list: PresenceAnswer): void {
    this.asked = undefined;
    this.core.presence.answered(list);
    this.tellPresence();
  }

  private tellPresence(): void {
    this.core.emitter.emit("presence", { participants: this.core.presence.participants });
  }

  private answered(id: string, line: Line): void {
    this.core.calls.settle(id, line);
    void this.flush(); // another command may be sent now
  }

  private takeEvent(line: Line & { cursor?: string }): void {
    if (line.cursor !== undefined && !this.core.isNews(line.cursor)) return;
    if (line.cursor !== undefined && isKnownEvent(line as never)) {
      this.core.emitter.emit("event", line as never);
    } else {
      this.core.emitter.emit("unknown", line as unknown as UnknownLine);
    }
  }
}
