/**
 * A slow agent: it is ready once the file exists that its first argument names; without
 * an argument it is not signed in. In each turn it writes one word and a log line, and
 * never ends the turn.
 */

import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

const file = process.argv[2];
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

const ready = async () => {
  console.error("npm warn exec The following package was not found and will be installed: kestrel");
  while (file && !existsSync(file)) await new Promise((done) => setTimeout(done, 50));
};

const answers = {
  initialize: async () => {
    await ready();
    return { protocolVersion: 1, authMethods: [{ id: "a", name: "Log in with Kestrel" }] };
  },
  "session/new": () => ({ sessionId: "slow" }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (method === "session/new" && !file) {
    send({ id, error: { code: -32000, message: "Authentication required" } });
  } else if (method === "session/prompt") {
    const content = { type: "text", text: "Hm." };
    const update = { sessionUpdate: "agent_message_chunk", content };
    send({ method: "session/update", params: { sessionId: params.sessionId, update } });
    process.stdout.write('{"level":30,"msg":"thinking"}\n');
  } else if (id !== undefined && method) {
    send({ id, result: await answers[method]?.() });
  }
}
