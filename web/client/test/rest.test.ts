import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ParleyError, parseLink, Server } from "../src/index.js";
import { Server as RealServer } from "./server/server.js";

const code = (expected: string) =>
  expect.objectContaining({ name: "ParleyError", code: expected }) as unknown;

test("a server's agents are listed, started, shared and ended", async () => {
  const real = await RealServer.start();
  const server = new Server(`${real.url}/`);
  const { agents } = await server.agents();
  expect(agents.map((a) => a.name)).toContain("quick");
  expect(await server.directories("quick", "")).toMatchObject({ more: false });

  const made = await server.startAndShare(
    { agent: "quick", title: "Work" },
    { hostUserId: "ada", mode: "prompt_direct", expiresInMinutes: 60 },
  );
  const own = parseLink(made.own);
  const invite = parseLink(made.invite).invite!;
  expect((await server.invitation(made.session.id, invite)).host.userId).toBe("ada");
  expect((await server.state(own)).cursor).not.toBe("");
  expect(await server.participants(own)).toHaveLength(1);
  expect(await server.messages(own)).toEqual([]);
  const id = made.session.hostSessionId;
  expect(await server.hostSession(id)).toMatchObject({ title: "Work", status: "idle" });
  expect(await server.hostSessions()).toHaveLength(1);
  expect(await server.sessions({ hostSessionId: id, status: "active" })).toHaveLength(1);
  await expect(server.cancelTurn(id)).rejects.toEqual(code("NOTHING_TO_CANCEL"));

  await expect(server.fork(made.session, made.hostParticipant)).rejects.toEqual(
    code("INVALID_REQUEST"),
  );
  const none = { sessionId: "none", cwd: "", title: "a\u0000b", updatedAt: null };
  await expect(server.adopt("quick", none, { hostUserId: "ada" })).rejects.toEqual(
    code("AGENT_FAILED"),
  );
  await expect(server.startAndShare({ agent: "quick" }, { hostUserId: "" })).rejects.toEqual(
    code("MISSING_HOST_USER_ID"),
  );
  expect(await server.hostSessions(), "an agent that cannot be shared ends").toHaveLength(1);

  expect(await server.close(own)).toMatchObject({ status: "closed" });
  await server.deleteHostSession(id);
  await expect(server.hostSession(id)).rejects.toEqual(code("HOST_SESSION_NOT_FOUND"));
});

/** Starts an HTTP server that ends with the test, and returns its address. */
async function answering(answer: (q: IncomingMessage, r: ServerResponse) => void) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((listens) => server.once("listening", listens));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = { "Content-Type": "application/json" };
const hostile: Record<string, (q: IncomingMessage, r: ServerResponse) => void> = {
  "an endless body": (_, r) => {
    r.writeHead(200, json);
    const piece = " ".repeat(1 << 20);
    const more = (): void =>
      void (r.destroyed || (r.write(piece) ? setImmediate(more) : r.once("drain", more)));
    more();
  },
  "the page of a network": (_, r) => r.end("<html>Sign in to the network"),
  "half a body": (_, r) => r.writeHead(200, json).end(`{"agents":[`),
  "no object": (_, r) => r.writeHead(200, json).end("null"),
  "an error without a code": (_, r) => r.writeHead(502).end("x".repeat(1 << 20)),
  "a redirect": (_, r) => r.writeHead(307, { Location: "https://elsewhere.example/" }).end(),
  "an abort": (_, r) => r.destroy(),
};

test.each(Object.entries(hostile))("%s is reported, and not asked for again", async (_, answer) => {
  let requests = 0;
  const address = await answering((q, r) => {
    requests++;
    answer(q, r);
  });
  await expect(new Server(address).agents()).rejects.toEqual(code("SERVER_UNREACHABLE"));
  expect(requests).toBe(1);
});

test("a server that does not answer is given up, and so is a request on demand", async () => {
  const address = await answering((_, r) => void r.writeHead(200, json).flushHeaders());
  const slow = new Server(address, { timeoutMs: 50 });
  await expect(slow.agents()).rejects.toEqual(code("SERVER_UNREACHABLE"));
  const aborter = new AbortController();
  const asked = new Server(address).agents({ signal: aborter.signal });
  aborter.abort(new Error("enough"));
  await expect(asked).rejects.toThrow("enough");
});

test("errors are those of commands", async () => {
  const body = {
    error: "sign in",
    code: "AGENT_AUTH_REQUIRED",
    retryable: false,
    field: "cwd",
    retryAfterMs: 1_500,
  };
  const methods = { authMethods: [{ id: "m", name: "Me" }] };
  const address = await answering((_, r) =>
    r.writeHead(424, json).end(JSON.stringify({ ...body, ...methods })),
  );
  const error: unknown = await new Server(address).start({ agent: "a" }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ParleyError);
  expect(error).toMatchObject({
    code: body.code,
    message: "sign in",
    field: "cwd",
    retryAfterMs: 1_500,
    ...methods,
  });
});

test("a start waits under one key, and ends the agent when it is aborted", async () => {
  const keys: unknown[] = [];
  const ended: unknown[] = [];
  const address = await answering((q, r) => {
    if (q.method === "DELETE") {
      ended.push(q.url);
      return r.writeHead(204).end();
    }
    keys.push(q.headers["idempotency-key"]);
    r.writeHead(202, json).end(`{"session":{"id":"H","status":"starting","detail":"downloads"}}`);
  });
  const aborter = new AbortController();
  let waited = 0;
  const onWaiting = () => ++waited === 3 && aborter.abort(new Error("enough"));
  const started = new Server(address).start({ agent: "a" }, { signal: aborter.signal, onWaiting });
  await expect(started).rejects.toThrow("enough");
  expect(keys.length).toBeGreaterThanOrEqual(3);
  expect(new Set(keys).size).toBe(1);
  expect(ended).toEqual(["/api/sessions/H"]);
});

test("each secret goes only where it belongs", async () => {
  const got: unknown[] = [];
  const address = await answering((q, r) => {
    got.push([q.method, q.url, q.headers.authorization, q.headers["parley-participant"]]);
    r.writeHead(200, json).end("{}");
  });
  const server = new Server(`${address}/prefix`, { token: "KEY" });
  const own = { server: server.address, session: "S", participant: { id: "P", token: "SECRET" } };
  const failed = () => undefined;
  await server.agents();
  await server.close(own);
  await server.invitation("S", "INVITE").catch(failed);
  await server.messages({ server: server.address, session: "S", invite: "INVITE" }).catch(failed);
  expect(got).toEqual([
    ["GET", "/prefix/api/agents", "Bearer KEY", undefined],
    ["DELETE", "/prefix/api/shared-sessions/S", "Bearer SECRET", "P"],
    ["GET", "/prefix/api/shared-sessions/S/invitation", "Bearer INVITE", undefined],
    ["GET", "/prefix/api/shared-sessions/S/messages", "Bearer KEY", undefined],
  ]);
  await expect(server.close({ ...own, server: "https://elsewhere.example" })).rejects.toThrow(
    "not of",
  );
  expect(got).toHaveLength(4);
  for (const wrong of [
    "",
    "localhost:7777",
    "ftp://host",
    "http://me:secret@host",
    "http://host/#x",
  ])
    expect(() => new Server(wrong)).toThrow(TypeError);
});

test("a protected server lists nothing without a key", async () => {
  const { url } = await RealServer.start("--protected");
  const server = new Server(url);
  expect(await server.describe()).toEqual({ protected: true, operator: null });
  await expect(server.agents()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  const wrong = new Server(url, { token: "wrong" });
  await expect(wrong.agents()).rejects.toMatchObject({ code: "INVALID_OPERATOR_KEY" });
  for (const secret of [{ code: "wrong" }, { key: "wrong" }])
    await expect(server.signIn(secret)).rejects.toMatchObject({ code: "INVALID_OPERATOR_KEY" });
  await wrong.signOut();
});
