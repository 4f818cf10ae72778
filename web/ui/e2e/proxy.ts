import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A proxy as there are many: plain HTTP goes through, WebSockets do not. One that
 * has the server below a path takes that off, and names the server as Host.
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
