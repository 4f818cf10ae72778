import type { Core } from "./core.js";
import { connectionLost, errorFromWire } from "./errors.js";
import type { WebSocketLike } from "./options.js";
import { dial, SocketTransport } from "./socket.js";
import { isKnownEvent, type UnknownLine } from "./state.js";
import { Refusal, StreamTransport } from "./stream.js";
import type { Peer, Transport } from "./transport.js";
import { isMeant, type Ended } from "./verdict.js";
import { Watch } from "./watch.js";
import { encodeCommand, newID, type Line } from "./wire.js";

/** One connection, from the attempt to its end. It is used once. */
export class Connection implements Peer {
  /** Why it ended. Never rejects. */
  readonly ended: Promise<Ended>;
  /** It was good for something, so the next attempt need not wait long. */
  progress = false;
  /** Whether the server has let us in. */
  welcomed = false;

  private readonly aborter = new AbortController();
  private readonly watch = new Watch();
  private readonly hello: { id: string; line: string };
  private transport: Transport | undefined;
  private settle!: (ended: Ended) => void;
  /** Ends the attempt to talk over a socket that has opened. */
  private socketFailed: (() => void) | undefined;
  private over = false;
  private writing = false;
  /** The last command that was sent here. */
  private sent = 0;
  private retryAfterMs: number | undefined;

  constructor(private readonly core: Core) {
    this.ended = new Promise((resolve) => (this.settle = resolve));
    this.hello = core.hello();
  }

  /** Connects over the socket, if there is one, else over what there is. */
  async open(socket: WebSocketLike | undefined, trySocket: boolean): Promise<void> {
    const { WebSocket, handshakeTimeoutMs } = this.core.settings;
    const { link } = this.core;
    if (WebSocket && (socket || trySocket)) {
      const { signal } = this.aborter;
      const open = socket ?? (await dial(link, WebSocket, handshakeTimeoutMs, signal).catch(() => {}));
      if (this.over) return open?.close();
      if (open && (await this.greetOver(open))) return;
      if (this.over) return;
    }
    await this.openStream();
  }
}
