import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventNumber } from "../src/cursor.js";
import { connect, type Options } from "../src/index.js";
import { EventLog } from "./server/people.js";
import { Proxy } from "./server/proxy.js";
import { Server } from "./server/server.js";

/** Lets an agent stream 5,000 pieces of 12 bytes; resolves to the bytes of the answers. */
async function streamed(options: Options) {
  const server = await Server.start();
  const proxy = await Proxy.start(server.port);
  const { host } = await server.share(proxy.url, "stream");
  const session = connect(host, options);
  const heard = new EventLog(session);
  await session.prompt("write");
  await heard.next("prompt_dispatch_completed");
  let last = 0;
  let count = 0;
  for (const event of heard.events) {
    const number = eventNumber(event.cursor);
    if (event.type === "host_session_update") {
      const pieces = JSON.stringify(event.payload.notification).match(/piece \d{5}\./g) ?? [];
      const text = pieces.map((_, i) => `piece ${String(count + i).padStart(5, "0")}.`);
      expect(pieces).toEqual(text);
      expect(number - last, "the cursor is that of the last piece").toBe(pieces.length);
      count += pieces.length;
    }
    last = number;
  }
  expect(count).toBe(5_000);
  session.close();
  return proxy.bytes;
}

test("a streamed text arrives in few bytes, unless each piece is asked for", async () => {
  const mega = 1_000_000;
  expect(await streamed({ WebSocket })).toBeLessThan(mega);
  expect(await streamed({ WebSocket: null })).toBeLessThan(mega);
  expect(await streamed({ WebSocket, maxDelayMs: null })).toBeGreaterThan(mega);
});
