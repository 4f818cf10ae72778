/** An agent whose answer to every prompt is a text in 5,000 pieces of 12 bytes. */

import { createInterface } from "node:readline";

const send = (message) =>
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method } = JSON.parse(line);
  if (method === "initialize") {
    send({ id, result: { protocolVersion: 1, agentCapabilities: {} } });
  } else if (method === "session/new") {
    send({ id, result: { sessionId: "streaming" } });
  } else if (method === "session/prompt") {
    for (let i = 0; i < 5_000; i++) {
      const content = { type: "text", text: `piece ${String(i).padStart(5, "0")}.` };
      const update = { sessionUpdate: "agent_message_chunk", content };
      send({ method: "session/update", params: { sessionId: "streaming", update } });
    }
    send({ id, result: { stopReason: "end_turn" } });
  }
}
