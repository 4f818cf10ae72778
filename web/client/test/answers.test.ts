import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import type { CommandName, CommandPayload } from "../src/index.js";
import { EventLog, join as enter } from "./server/people.js";
import { Server } from "./server/server.js";

const source = readFileSync(join(import.meta.dirname, "../src/protocol.gen.ts"), "utf8");
const schema = join(import.meta.dirname, "../../../protocol/schema.json");
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(
  JSON.parse(readFileSync(schema, "utf8")) as object,
  "parley",
);

/** The type of the answer to each command, according to the types of commands. */
const answers = new Map(
  [...source.matchAll(/^ {2}(\w+): \{ payload: .+; answer: (.+) \};$/gm)].map((m) => [m[1], m[2]]),
);
answers.delete("join");
answers.delete("resume");

test("every command is answered by the payload of its type", async () => {
  const server = await Server.start();
  const shared = await server.share();
  const host = enter(shared.host);
  const ann = enter(shared.invite);
  const heard = new EventLog(host);
  const done = new Set<string>();
  const give = async <Name extends CommandName>(
    who: typeof host,
    type: Name,
    payload: CommandPayload<Name>,
  ) => {
    const answer = await who.do(type, payload);
    const name = answers.get(type);
    if (name === "Record<string, never>") expect(answer, type).toEqual({});
    else expect(ajv.validate(`parley#/$defs/${name}`, answer), type + ajv.errorsText()).toBe(true);
    done.add(type);
    return answer;
  };
  const { participant } = await ann.ready;
  await give(host, "ping", {});
  await give(ann, "presence", {});
  await give(host, "typing", { active: true });
  await give(ann, "chat", { text: "hello" });
  await give(ann, "history", { limit: 5 });
  const { approval } = await give(ann, "prompt", { prompt: "fix the failing test" });
  await give(ann, "item", { approvalId: approval.id });
  await give(host, "approve", { approvalId: approval.id, action: "approve" });
  const { requestId } = (await heard.next("permission_requested")).payload;
  await give(host, "permission", { requestId, optionId: "allow" });
  await host.prompt("form");
  const form = (await heard.next("elicitation_requested")).payload;
  await give(host, "answer", { requestId: form.requestId, action: "decline" });
  await give(host, "cancel", { approvalId: (await ann.prompt("wait")).id });
  const edited = await give(ann, "edit_prompt", {
    approvalId: (await ann.prompt("wait")).id,
    prompt: "wait longer",
  });
  await give(ann, "withdraw", { approvalId: edited.approval.id });
  await host.prompt("wait");
  const waiting = (await host.prompt("later")).id;
  await give(host, "move_prompt", { approvalId: waiting });
  await give(host, "set_mode", { mode: "prompt_direct" });
  await give(host, "set_role", { participantId: participant.id, role: "viewer" });
  await give(host, "rotate_invite", {});
  const bob = enter(await host.rotateInvite(), { userId: "bob" });
  await give(host, "remove", { participantId: (await bob.ready).participant.id });
  await give(host, "review_file", { path: "a.go", version: "v1", reviewed: true });
  await give(ann, "people", { left: true, limit: 5 });
  const others = await ann.participantsAfter(host.self!.id, 5);
  expect(others.participants.map((p) => p.id)).toEqual([participant.id]);
  await give(host, "configure", { optionId: "model", value: "storyteller-mini" });
  const newer = enter((await server.share(server.url, "demo-v2")).host);
  const work = new EventLog(newer);
  await newer.prompt("watch the build");
  const { payload } = await work.next("agent_updated", (e) => !!e.payload.background?.length);
  await give(newer, "stop_work", { terminalId: payload.background![0]!.terminalId! });
  await give(host, "sign_in", { methodId: "account" });
  await give(host, "restart_agent", {});
  await give(enter((await server.share()).host), "switch_agent", { agent: "demo" });
  await give(host, "stop_agent", {});
  await give(ann, "leave", {});
  await give(host, "close", {});
  expect([...done].sort()).toEqual([...answers.keys()].sort());
});
