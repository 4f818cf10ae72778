import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

type Cut = "before" | "after";

/** A network between client and server that breaks on request. */
export class Proxy {
  url = "";
  /** Whether handshakes are refused, as by a proxy without support for them. */
  refuseWebSocket = false;
  /** Whether event streams are buffered, as by a proxy that waits for the end of a response. */
  holdStreams = false;
  /** The number of handshakes that were passed. */
  webSockets = 0;
  /** The number of bytes that the server has sent to clients. */
  bytes = 0;
  /** The number of connections that were broken. */
  broken = 0;
  private readonly sockets = new Set<Socket>();
  private readonly forgotten = new WeakSet<Socket>();
  private readonly held = new WeakSet<Socket>();
  private nextCut: Cut | undefined;
  private asked = false;

  private constructor(private readonly port: number) {}

  /** Starts a proxy that ends with the test. */
  static async start(port: number): Promise<Proxy> {
    const proxy = new Proxy(port);
    const server: Server = createServer((client) => proxy.serve(client));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address() as { port: number };
    proxy.url = `http://127.0.0.1:${address.port}`;
    onTestFinished(() => {
      server.close();
      proxy.cut();
    });
    return proxy;
  }

  /** Breaks all connections. */
  cut(): void {
    this.broken += this.sockets.size / 2;
    for (const socket of this.sockets) socket.destroy();
  }

  /**
   * Drops the data of all connections without notice: they look open, but nothing gets
   * through. New connections work.
   */
  forget(): void {
    for (const socket of this.sockets) this.forgotten.add(socket);
  }

  /**
   * Breaks all connections at the next data of a client: before it reaches the server,
   * or when the server has answered and the answer has not reached the client.
   */
  cutNext(when: Cut): void {
    this.nextCut = when;
    this.asked = false;
  }

  private serve(client: Socket): void {
    const server = connect(this.port, "127.0.0.1");
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on("error", () => {}); // the close event follows
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (data) => {
      if (!this.forgotten.has(client) && this.passUp(data, client)) server.write(data);
    });
    server.on("data", (data) => {
      this.bytes += data.length;
      if (!this.forgotten.has(client) && !this.held.has(client) && this.passDown())
        client.write(data);
    });
  }

  private passUp(data: Buffer, client: Socket): boolean {
    if (/^upgrade: websocket\r$/im.test(data.toString("latin1"))) {
      if (this.refuseWebSocket) {
        client.end("HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n");
        return false;
      }
      this.webSockets++;
    }
    if (this.nextCut === "before") {
      this.nextCut = undefined;
      this.cut();
      return false;
    }
    if (this.holdStreams && /^GET [^ ]*\/stream[? ]/.test(data.toString("latin1")))
      this.held.add(client);
    this.asked = true;
    return true;
  }

  private passDown(): boolean {
    if (this.nextCut !== "after" || !this.asked) return true;
    this.nextCut = undefined;
    this.cut();
    return false;
  }
}
