/**
 * An agent that says what the demo agent does not: pictures, and updates that
 * nobody knows. It speaks the Agent Client Protocol on its standard streams.
 */

import { createInterface } from "node:readline";
import { crc32, deflateSync } from "node:zlib";

const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
// JSON.stringify has no way to write what no double holds.
const sendRaw = (text) => process.stdout.write(`${text}\n`);

const data = picture(240, 120).toString("base64");
const image = { type: "image", mimeType: "image/png", data };
const svg = { type: "image", mimeType: "image/svg+xml", data: btoa("<svg onload='alert(1)'/>") };

const scenes = {
  pictures: (say) => {
    say({
      sessionUpdate: "agent_message_chunk",
      content: { type: "text", text: "This is how it looks:" },
    });
    say({ sessionUpdate: "agent_message_chunk", content: image });
    say({ sessionUpdate: "agent_message_chunk", content: svg });
    say({
      sessionUpdate: "tool_call",
      toolCallId: "shot",
      title: "Take a screenshot",
      kind: "fetch",
      status: "completed",
      content: [{ type: "content", content: image }],
    });
  },
  unknown: (_, sessionId) => {
    sendRaw(
      `{"jsonrpc":"2.0","method":"session/count","params":{"sessionId":${JSON.stringify(sessionId)},"exact":12345678901234567890,"small":7}}`,
    );
  },
  title: (say) => {
    say({ sessionUpdate: "session_info_update", title: "Supercalifragilistic ".repeat(12).trim() });
    say({
      sessionUpdate: "tool_call",
      toolCallId: "long",
      title: `cat ${"a-directory-with-a-long-name/".repeat(12)}file.go`,
      kind: "execute",
      status: "completed",
    });
  },
};

function prompted({ sessionId, prompt }) {
  const say = (update) => send({ method: "session/update", params: { sessionId, update } });
  scenes[prompt[0].text]?.(say, sessionId);
  return { stopReason: "end_turn" };
}

const answers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {} }),
  "session/new": () => ({ sessionId: "scripted" }),
  "session/prompt": prompted,
};

/** A PNG of colours that run into each other. */
function picture(width, height) {
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (_, x) => [x, 90 + y, 200 - (x >> 1)]).flat(),
  ]);
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2], 8); // three times eight bits for each
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", size),
    chunk("IDAT", deflateSync(Buffer.from(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  const body = Buffer.concat([Buffer.from(type), data]);
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  const answer = answers[method];
  if (id === undefined) continue;
  if (answer) send({ id, result: answer(params) });
  else send({ id, error: { code: -32601, message: `no ${method} here` } });
}
