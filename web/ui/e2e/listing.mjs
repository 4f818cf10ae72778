/** An agent that has earlier sessions, and says nothing. */

import { join } from "node:path";
import { createInterface } from "node:readline";

const cwd = process.cwd();
const sessions = [
  {
    sessionId: "basket",
    cwd: join(cwd, "docs"),
    title: "Repair the basket",
    updatedAt: "2026-03-01T10:00:00Z",
  },
  {
    sessionId: "long",
    cwd,
    title:
      "Find out why the prices of the shop are rounded differently in the cart and in the order ".repeat(
        2,
      ),
  },
  { sessionId: "untitled", cwd, updatedAt: "yesterday" },
];

const results = {
  initialize: {
    protocolVersion: 1,
    agentCapabilities: { loadSession: true, sessionCapabilities: { list: {} } },
    authMethods: [],
  },
  "session/new": { sessionId: "new" },
  "session/load": {},
  "session/list": { sessions },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined) return;
  const answer = results[method]
    ? { result: results[method] }
    : { error: { code: -32601, message: "unknown" } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...answer })}\n`);
});
