/// <reference types="node" />
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { connect as connectTLS, type ConnectionOptions, type TLSSocket } from "node:tls";
import { parseLink, type Link } from "./link.js";
import type { Options, WebSocketConstructor } from "./options.js";

/** The class WebSocket of the package ws, as far as it is needed here. */
export type NodeWebSocket = new (
  url: string,
  protocols: string[],
  options: { agent: Agent },
) => InstanceType<WebSocketConstructor>;

/**
 * Returns options with which the client accepts the certificate that the link names, and
 * no other, whoever has issued it and whatever names it is for. With the class WebSocket of
 * the package ws it uses WebSockets, and else event streams. For a link that names no
 * certificate, connections are verified as usual.
 *
 * @example
 * ```ts
 * const session = connect(link, { userId: "ann", ...pinned(link, { WebSocket }) });
 * ```
 */
export function pinned(
  link: string | Link,
  { WebSocket }: { WebSocket?: NodeWebSocket } = {},
): Pick<Options, "fetch" | "WebSocket"> {
  const { certificate } = typeof link === "string" ? parseLink(link) : link;
  if (!certificate) return WebSocket ? { WebSocket: WebSocket as WebSocketConstructor } : {};
  const agent = pinningAgent(certificate);
  return {
    fetch: fetchBy(agent),
    WebSocket: WebSocket
      ? (class extends (WebSocket as any) {
          constructor(url: string, protocols: string[] = []) {
            super(url, protocols, { agent });
          }
        } as unknown as WebSocketConstructor)
      : null,
  };
}

/** Returns an agent that hands a connection out only after it has checked the certificate. */
function pinningAgent(pin: string): Agent {
  const open = (
    options: ConnectionOptions,
    done: (error: Error | null, socket?: TLSSocket) => void,
  ) => {
    const socket = connectTLS({ ...options, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate();
      const digest = certificate && createHash("sha256").update(certificate.raw);
      socket.off("error", done);
      if (digest?.digest("base64url") === pin) return done(null, socket);
      socket.on("error", () => {}); // of the end
      socket.destroy();
      done(new Error("the server's certificate is not the one that the link names"));
    });
    socket.once("error", done);
  };
  // Node.js waits for the callback when nothing is returned.
  return Object.assign(new Agent({ keepAlive: true }), { createConnection: open });
}

/** Returns a fetch whose connections are the agent's. It follows no redirects. */
function fetchBy(agent: Agent): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { method, signal, headers, url } = request;
    const body = request.body && Buffer.from(await request.arrayBuffer());
    return new Promise((resolve, reject) => {
      const sent = httpsRequest(url, {
        agent,
        method,
        signal,
        headers: Object.fromEntries(headers),
      });
      sent.once("error", reject);
      sent.once("response", (answer) => resolve(responseOf(answer)));
      sent.end(body ?? undefined);
    });
  };
}

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 0, statusMessage: statusText = "", headersDistinct } = answer;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const empty = status === 204 || status === 304;
  if (empty) answer.resume();
  const body = empty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
  return new Response(body, { status, statusText, headers });
}
