import { expect, test } from "vitest";

import type { Agent, AuthMethod, SessionEvent } from "parley-client";

import { signInFailureAfter, wayOf, withSignIn } from "./signIn.ts";

const idle: Agent = { status: "idle" };

function after(...events: { type: string; payload: object }[]): Agent {
  return events.reduce((agent, e) => withSignIn(agent, e as SessionEvent), idle);
}

const fails = (code?: string) => ({
  type: "prompt_dispatch_failed",
  payload: { approvalId: "a", error: "e", ...(code && { code }) },
});
const failed = fails("AGENT_AUTH_REQUIRED");
const begins = { type: "agent_signing_in", payload: { methodId: "m" } };

test("a prompt shows whether somebody has to sign in", () => {
  expect(after(failed)).toEqual({ ...idle, needsSignIn: true });
  expect(after(failed, fails("AGENT_FAILED"))).toEqual({ ...idle, needsSignIn: true });
  expect(after(fails())).toEqual(idle);
  const done = { type: "prompt_dispatch_completed", payload: { approvalId: "b" } };
  expect(after(failed, done)).toEqual(idle);
});

test("signing in is under way until its outcome is known", () => {
  expect(after(failed, begins).signingIn).toEqual({ methodId: "m" });
  const refused = { type: "agent_sign_in_failed", payload: { methodId: "m", reason: "no" } };
  expect(after(failed, begins, refused)).toEqual({ ...idle, needsSignIn: true });
  expect(after(failed, begins, { type: "agent_signed_in", payload: {} })).toEqual(idle);
});

test("a failed attempt is shown until the next one begins", () => {
  const failure = { methodId: "m", reason: "no" };
  const fold = (...events: { type: string; payload: object }[]) =>
    events.reduce<ReturnType<typeof signInFailureAfter>>(
      (before, e) => signInFailureAfter(before, e as SessionEvent),
      null,
    );
  const refused = { type: "agent_sign_in_failed", payload: failure };
  expect(fold(begins, refused)).toEqual(failure);
  expect(fold(begins, refused, failed)).toEqual(failure);
  expect(fold(begins, refused, begins)).toBeNull();
  expect(fold(refused, { type: "agent_signed_in", payload: {} })).toBeNull();
});

test("a way to sign in is used by its type", () => {
  const way = (m: Partial<AuthMethod>) =>
    wayOf({ id: "", name: "", description: "", type: "", ...m });
  expect(way({ type: "agent" })).toBe("agent");
  expect(way({ type: "terminal", command: "x --login" })).toBe("command");
  expect(way({ type: "terminal" })).toBe("other");
  expect(way({ type: "env_var", variables: ["KEY"] })).toBe("variables");
  expect(way({ type: "oauth" })).toBe("other");
});
