import { connectionLost } from "./errors.js";
import { endpoint, type Link } from "./link.js";
import type { WebSocketConstructor, WebSocketLike } from "./options.js";
import type { EncodedCommand, Peer, Transport } from "./transport.js";
import { decodeLine, splitLines } from "./wire.js";

const nothing = () => {};

/** Opens a WebSocket. It rejects if that fails or the signal is aborted. */
export function dial(
  link: Link,
  WebSocket: WebSocketConstructor,
  signal: AbortSignal,
  identity?: string,
): Promise<WebSocketLike> {
  return new Promise((resolve, reject) => {
    // Browsers let pages set no header of a handshake.
    const protocols = identity ? ["parley.v1", `parley.bearer.${identity}`] : ["parley.v1"];
    const socket = new WebSocket(endpoint(link, "ws").replace(/^http/, "ws"), protocols);
    const settle = () => {
      signal.removeEventListener("abort", fail);
      socket.onopen = socket.onclose = null;
      socket.onerror = nothing; // some implementations throw errors that have no listener
    };
    const fail = () => {
      settle();
      socket.close();
      reject(connectionLost("a WebSocket could not be opened"));
    };
    signal.addEventListener("abort", fail);
    socket.onclose = socket.onerror = fail;
    socket.onopen = () => {
      settle();
      resolve(socket);
    };
  });
}

/** The protocol over an open WebSocket. */
export class SocketTransport implements Transport {
  readonly kind = "live";
  readonly lasts = true;

  constructor(
    private readonly socket: WebSocketLike,
    peer: Peer,
  ) {
    socket.onmessage = ({ data }: { data: unknown }) => {
      peer.alive();
      try {
        for (const text of splitLines(String(data))) peer.receive(decodeLine(text));
      } catch (error) {
        this.close();
        peer.end({ error: connectionLost(String(error)) });
      }
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      this.close();
      peer.end({ code, error: connectionLost(reason || `the connection was closed (${code})`) });
    };
  }

  send({ line }: EncodedCommand): void {
    this.socket.send(line);
  }

  close(): void {
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }
}
