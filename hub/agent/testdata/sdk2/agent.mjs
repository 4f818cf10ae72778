// A small agent of version 2 of the Agent Client Protocol. What a prompt makes it do is
// decided by the first word of the prompt; see turns. It keeps the prompts of each session
// in the directory that the environment variable MEMORY names.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";

import * as acp from "@agentclientprotocol/sdk/experimental/v2";

const sessions = new Map();
let messages = 0;

class Session {
  constructor(id, client) {
    this.id = id;
    this.client = client;
    this.effort = "low";
    this.cancelled = () => {};
    this.stopped = () => {};
  }

  update(sessionUpdate, rest) {
    return this.client.notify("session/update", { sessionId: this.id, update: { sessionUpdate, ...rest } });
  }

  state(state, rest = {}) {
    return this.update("state_update", { state, background: [], ...rest });
  }

  say(text) {
    const messageId = `a${++messages}`;
    return this.update("agent_message_chunk", { messageId, content: { type: "text", text } });
  }

  remembered() {
    const file = memory(this.id);
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  options() {
    const choices = [{ value: "low", name: "Low" }, { value: "high", name: "High" }];
    return [{ configId: "effort", name: "Effort", category: "thought_level", type: "select", currentValue: this.effort, options: choices }];
  }
}

const memory = (id) => join(process.env.MEMORY, id);

/** What the agent does for a prompt. The result is the stop reason. */
const turns = {
  async remember(session) {
    await session.say(`I remember: ${session.remembered().join(", ")}`);
    return "end_turn";
  },
  async ask(session) {
    const toolCall = { toolCallId: "call-1", title: "Run the tests", kind: "execute", status: "pending", rawInput: { command: "make test" } };
    const { outcome } = await session.client.request("session/request_permission", {
      sessionId: session.id,
      title: "Run the tests?",
      description: "They take a minute.",
      subject: { type: "tool_call", toolCall },
      options: [
        { optionId: "yes", name: "Run them", kind: "allow_once" },
        { optionId: "no", name: "Skip them", kind: "reject_once" },
      ],
    });
    await session.say(outcome.outcome === "selected" ? `The answer is ${outcome.optionId}.` : "There is no answer.");
    return outcome.outcome === "selected" ? "end_turn" : "cancelled";
  },
  async form(session) {
    const { action, content } = await session.client.request("elicitation/create", {
      sessionId: session.id,
      mode: "form",
      message: "Where to?",
      requestedSchema: {
        type: "object",
        properties: { region: { type: "string", oneOf: [{ const: "eu", title: "Europe" }] }, copies: { type: "integer", default: 2 } },
        required: ["region"],
      },
    });
    await session.say(`${action} ${JSON.stringify(content)}`);
    return "end_turn";
  },
  async page(session) {
    const { action } = await session.client.request("elicitation/create", {
      sessionId: session.id,
      mode: "url",
      message: "Sign in",
      elicitationId: "e1",
      url: "https://example.org/sign-in",
    });
    await session.client.notify("elicitation/complete", { elicitationId: "e1" });
    await session.say(action);
    return "end_turn";
  },
  async wait(session) {
    await session.say("I wait.");
    await new Promise((resolve) => (session.cancelled = resolve));
    return "cancelled";
  },
  async terminal(session) {
    await session.update("tool_call_update", { toolCallId: "call-2", title: "Watch", kind: "execute", status: "in_progress" });
    await session.update("terminal_update", { terminalId: "t1", command: "watch", capabilities: { cancel: {} } });
    await session.update("terminal_output_chunk", { terminalId: "t1", data: Buffer.from("\u001b[32mwatching\u001b[0m\n").toString("base64") });
    await session.say("It runs in the background.");
    void watch(session);
    return "end_turn";
  },
};

/** Works without a prompt once the terminal was stopped. */
async function watch(session) {
  await new Promise((resolve) => (session.stopped = resolve));
  await session.update("terminal_update", { terminalId: "t1", exitStatus: { signal: "SIGTERM" } });
  await session.state("running");
  await session.say("The watcher has ended, so I look at what it found.");
  await session.state("idle", { stopReason: "end_turn" });
}

async function work(session, text, messageId) {
  await session.update("user_message", { messageId, content: [{ type: "text", text }] });
  await session.state("running");
  const turn = turns[text.split(" ")[0]];
  let stopReason = "end_turn";
  if (turn) stopReason = await turn(session);
  else await session.say(`You said: ${text}`);
  const background = text.startsWith("terminal") ? [{ type: "terminal", terminalId: "t1" }] : [];
  await session.state("idle", { stopReason, background });
}

acp
  .agent()
  .onRequest("initialize", () => ({
    protocolVersion: 2,
    info: { name: "sdk2", title: "SDK agent", version: "1.0.0" },
    capabilities: { session: {} },
  }))
  .onRequest("session/new", ({ client }) => {
    const id = `s${process.pid}`;
    const session = new Session(id, client);
    sessions.set(id, session);
    return { sessionId: id, configOptions: session.options(), availableCommands: [{ type: "command", name: "ask", description: "Asks a question" }] };
  })
  .onRequest("session/resume", async ({ params, client }) => {
    const session = new Session(params.sessionId, client);
    if (session.remembered().length === 0) throw new acp.RequestError(-32002, "no such session");
    sessions.set(session.id, session);
    await session.state("idle");
    return { configOptions: session.options() };
  })
  .onRequest("session/list", () => ({ sessions: [] }))
  .onRequest("session/close", () => ({}))
  .onRequest("session/set_config_option", ({ params }) => {
    const session = sessions.get(params.sessionId);
    session.effort = params.value;
    return { configOptions: session.options() };
  })
  .onRequest("terminal/cancel", ({ params }) => {
    sessions.get(params.sessionId).stopped();
    return {};
  })
  .onRequest("session/prompt", ({ params }) => {
    const session = sessions.get(params.sessionId);
    const text = params.prompt.map((block) => block.text ?? "").join("");
    appendFileSync(memory(session.id), `${text}\n`);
    const messageId = `u${++messages}`;
    setImmediate(() => void work(session, text, messageId));
    return { messageId };
  })
  .onNotification("session/cancel", ({ params }) => sessions.get(params.sessionId)?.cancelled())
  .connect(acp.ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
