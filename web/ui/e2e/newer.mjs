/**
 * An agent that speaks version 2 of the Agent Client Protocol on its standard streams. Any
 * prompt starts a terminal in the background. When that is stopped, the agent works without
 * a prompt until that is cancelled. The prompt "ask" asks a question about a command.
 */

import { createInterface } from "node:readline";

const write = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const update = (sessionUpdate, rest) =>
  write({
    method: "session/update",
    params: { sessionId: "s", update: { sessionUpdate, ...rest } },
  });
const state = (name, rest) => update("state_update", { state: name, ...rest });
const say = (messageId, text) =>
  update("agent_message_chunk", { messageId, content: { type: "text", text } });

const watcher = [{ type: "terminal", terminalId: "watch" }];

function watch() {
  const capabilities = { cancel: {} };
  update("terminal_update", { terminalId: "watch", command: "make watch", capabilities });
  const data = Buffer.from("\u001b[32mwatching\u001b[0m\n").toString("base64");
  update("terminal_output_chunk", { terminalId: "watch", data });
  state("idle", { stopReason: "end_turn", background: watcher });
}

function ask() {
  write({
    id: "question",
    method: "session/request_permission",
    params: {
      sessionId: "s",
      title: "May I clean up?",
      description: "Old builds take a lot of space.",
      subject: { type: "command", command: "rm -r build", cwd: "/srv/shop" },
      options: [
        { optionId: "yes", name: "Clean up", kind: "allow_once" },
        { optionId: "no", name: "Keep them", kind: "reject_once" },
      ],
    },
  });
}

const handlers = {
  initialize: () => ({
    protocolVersion: 2,
    info: { name: "newer", title: "Newer agent", version: "2" },
    capabilities: { session: {} },
  }),
  "session/new": () => ({ sessionId: "s" }),
  "session/prompt": ({ prompt }) => {
    const [{ text }] = prompt;
    setImmediate(() => {
      update("user_message", { messageId: "u", content: prompt });
      state("running");
      text === "ask" ? ask() : watch();
    });
    return { messageId: "u" };
  },
  "terminal/cancel": () => {
    setImmediate(() => {
      update("terminal_update", { terminalId: "watch", exitStatus: { signal: "SIGTERM" } });
      state("running", { background: [] });
      say("own", "The watcher has ended, so I look at what it found.");
    });
    return {};
  },
  "session/cancel": () => state("idle", { stopReason: "cancelled" }),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params, result } = JSON.parse(line);
  if (id === "question") {
    say("answer", `You chose ${result.outcome.optionId}.`);
    state("idle", { stopReason: "end_turn" });
    return;
  }
  const answer = handlers[method]?.(params);
  if (id !== undefined && id !== null) write({ id, result: answer ?? {} });
});
