import { createServer, request } from "node:http";
import { connect, createServer as createTCPServer, type AddressInfo, type Socket } from "node:net";

/**
 * A common kind of proxy, which passes plain HTTP but no WebSockets. It can serve the
 * server below a path, which it removes, and then sets Host to the server's name.
 */
export async function startProxy(
  target: string,
  below = "",
): Promise<{ url: string; stop(): Promise<void> }> {
  const to = new URL(target);
  const proxy = createServer((req, res) => {
    if (!req.url?.startsWith(`${below}/`)) return res.writeHead(404).end();
    const path = req.url.slice(below.length);
    const headers = below ? { ...req.headers, host: to.host } : req.headers;
    const out = request(
      { host: to.hostname, port: to.port, path, method: req.method, headers },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      },
    );
    out.on("error", () => res.destroy());
    res.on("close", () => out.destroy());
    return req.pipe(out);
  });
  proxy.on("upgrade", (_, socket) =>
    socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"),
  );
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${below}`,
    stop: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}

/** A network that can lose data. */
export interface Forgetful {
  url: string;
  /**
   * From now on, data on open WebSockets is lost without notice to either end. With
   * "answers" only the server's data is lost. New connections work, and so do plain
   * requests, which a reload uses.
   */
  forget(which: "everything" | "answers"): void;
  stop(): Promise<void>;
}

export async function startForgetful(target: string): Promise<Forgetful> {
  const to = new URL(target);
  const pairs = new Set<{ client: Socket; server: Socket; socket: boolean; lost: string }>();
  const listener = createTCPServer((client) => {
    const server = connect(Number(to.port), to.hostname);
    const pair = { client, server, socket: false, lost: "" };
    pairs.add(pair);
    client.on("data", (d) => {
      pair.socket ||= /^upgrade: websocket\r$/im.test(d.toString("latin1"));
      if (pair.lost !== "everything") server.write(d);
    });
    server.on("data", (d) => pair.lost !== "" || client.write(d));
    for (const s of [client, server]) {
      s.on("error", () => {}); // its close says enough
      s.on("close", () => {
        pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    forget: (which) => pairs.forEach((p) => (p.lost = p.socket ? which : "")),
    stop: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const p of pairs) p.client.destroy();
      }),
  };
}
