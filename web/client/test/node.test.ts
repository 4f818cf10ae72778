import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseLink } from "../src/index.js";
import { pinned } from "../src/node.js";
import { EventLog, join } from "./server/people.js";
import { Server } from "./server/server.js";

describe.each([
  { way: "a WebSocket", classes: { WebSocket }, state: "live" },
  { way: "an event stream", classes: {}, state: "fallback" },
])("over $way of a server with a self-signed certificate", ({ classes, state }) => {
  test("a client that pins the certificate takes part", async () => {
    const server = await Server.start("--tls-self-signed");
    const { host, invite } = await server.share();
    const olga = join(host, pinned(host, classes));
    const ann = join(invite, { ...pinned(invite, classes) });
    const heard = new EventLog(ann);
    await Promise.all([olga.ready, ann.ready]);
    expect(olga.connection.state).toBe(state);
    await olga.chat("hello");
    await heard.next("message_created", (e) => e.payload.message.text === "hello");
    const { id } = await ann.upload(new Blob(["content"]), { name: "a.txt" });
    expect(await (await olga.download(id ?? "")).text()).toBe("content");
    expect(parseLink(ann.link ?? "").certificate).toBe(server.certificate);
    expect(parseLink(await olga.rotateInvite()).certificate).toBe(server.certificate);
  });

  test("a client that expects another certificate does not connect", async () => {
    const server = await Server.start("--tls-self-signed");
    const { host } = await server.share();
    const other = host.replace(/&c=.*/, `&c=${"A".repeat(43)}`);
    const olga = join(other, pinned(other, classes));
    await new Promise<void>((resolve) => {
      olga.on("connection", (c) => "retryInMs" in c && resolve());
    });
    expect(olga.connection.state).toBe("connecting");
    await expect(pinned(other).fetch!(server.url)).rejects.toThrow("not the one");
  });
});
