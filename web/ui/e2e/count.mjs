/**
 * An agent that counts: "count 60" is a message in sixty numbered pieces, fifty a second,
 * with a question after the first thirty. It appends the requests that it receives to the
 * file that its argument names.
 */

import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

const log = process.argv[2];
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

let answered;

async function count(sessionId, to) {
  for (let n = 1; n <= to; n++) {
    if (n === to / 2 + 1) await ask(sessionId);
    const content = { type: "text", text: `<${n}>` };
    const update = { sessionUpdate: "agent_message_chunk", content };
    send({ method: "session/update", params: { sessionId, update } });
    await setTimeout(20);
  }
  return { stopReason: "end_turn" };
}

function ask(sessionId) {
  const toolCall = { toolCallId: "more", title: "Count on", kind: "execute" };
  const options = [
    { optionId: "yes", name: "Allow", kind: "allow_once" },
    { optionId: "no", name: "Reject", kind: "reject_once" },
  ];
  const params = { sessionId, toolCall, options };
  send({ id: "question", method: "session/request_permission", params });
  return new Promise((resolve) => (answered = resolve));
}

const answers = {
  initialize: () => ({ protocolVersion: 1 }),
  "session/new": () => ({ sessionId: "count" }),
  "session/prompt": ({ sessionId, prompt }) =>
    count(sessionId, Number(/count (\d+)/.exec(prompt.map((p) => p.text).join(" "))[1])),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params, result } = JSON.parse(line);
  appendFileSync(log, `${method ?? `answer ${JSON.stringify(result)}`}\n`);
  if (!method) answered?.();
  else if (id !== undefined)
    void Promise.resolve(answers[method]?.(params)).then((r) => send({ id, result: r }));
}
