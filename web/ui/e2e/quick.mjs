/**
 * An agent that writes as much as a prompt asks for: "stream 500 10" is markdown in
 * five hundred pieces a second for ten seconds, "block 500 10" the same in a single
 * block of code, "work 200000" that many updates of short messages and tool calls at
 * once, and "calls 9000" that many of tool calls alone, which Parley never merges.
 */

import { once } from "node:events";
import { createInterface } from "node:readline";

const ticksPerSecond = 50;

function line(message) {
  return `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
}

async function write(text) {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

const paragraph =
  "The **basket** adds its items up, and takes the `discount` off _once_, as [the rule](https://example.org/rule) says. ";
const markdown = [
  "## What changes\n\n",
  paragraph.repeat(3),
  "\n\n- one thing\n- another, with `code`\n- a third\n\n",
  "```go\nfunc Total(items []Item) int {\n\tsum := 0\n\tfor _, i := range items {\n\t\tsum += i.Price\n\t}\n\treturn sum\n}\n```\n\n",
  "| item | price |\n| --- | ---: |\n| pen | 3 |\n| ink | 12 |\n\n",
].join("");

/** Yields small pieces of a text, over and over. */
function* piecesOf(text, size) {
  for (let at = 0; ; at = (at + size) % text.length)
    yield text.slice(at, at + size) + text.slice(0, Math.max(0, at + size - text.length));
}

const scenes = {
  stream: (say, perSecond, seconds) => paced(say, piecesOf(markdown, 6), perSecond, seconds),
  block: async (say, perSecond, seconds) => {
    await say(chunk("```js\n"));
    await paced(say, piecesOf("const total = items.length;\n", 6), perSecond, seconds);
  },
  calls: async (say, updates) => {
    for (let n = 0; n < updates; n += 3) await call(say, n);
  },
  work: async (say, updates) => {
    for (let n = 0; n < updates; n += 10) {
      await call(say, n);
      for (let i = 0; i < 7; i++) await say(chunk(`Word ${i} of **message** ${n}. `));
    }
  },
};

/** Tells of a tool call, in three updates. */
async function call(say, n) {
  const toolCallId = `call-${n}`;
  const begins = { title: `Read file ${n}`, kind: "read", status: "pending" };
  await say({ sessionUpdate: "tool_call", toolCallId, ...begins });
  await say({ sessionUpdate: "tool_call_update", toolCallId, status: "in_progress" });
  const content = [{ type: "content", content: { type: "text", text: `Line of ${n}.` } }];
  await say({ sessionUpdate: "tool_call_update", toolCallId, status: "completed", content });
}

function chunk(text) {
  return { sessionUpdate: "agent_message_chunk", content: { type: "text", text } };
}

async function paced(say, pieces, perSecond, seconds) {
  const begun = performance.now();
  let said = 0;
  while (said < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, ((performance.now() - begun) / 1_000) * perSecond);
    for (; said < due; said++) await say(chunk(pieces.next().value));
    await new Promise((done) => setTimeout(done, 1_000 / ticksPerSecond));
  }
}

async function prompted({ sessionId, prompt }) {
  const [scene, ...numbers] = prompt[0].text.split(" ");
  const say = (update) => write(line({ method: "session/update", params: { sessionId, update } }));
  await scenes[scene]?.(say, ...numbers.map(Number));
  return { stopReason: "end_turn" };
}

const answers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {} }),
  "session/new": () => ({ sessionId: "quick" }),
  "session/prompt": prompted,
};

for await (const text of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(text);
  const answer = answers[method];
  if (id === undefined || method === undefined) continue;
  if (answer) void Promise.resolve(answer(params)).then((result) => write(line({ id, result })));
  else void write(line({ id, error: { code: -32601, message: `no ${method} here` } }));
}
