/** Signing in to the agent. */

import type {
  Agent,
  AgentSignInFailed,
  AuthMethod,
  SessionEvent as KnownEvent,
} from "parley-client";

/** Folds an event about signing in, or one that shows that it is necessary or not. */
export function withSignIn(agent: Agent, e: KnownEvent): Agent {
  switch (e.type) {
    case "agent_signing_in":
      return { ...agent, signingIn: e.payload };
    case "agent_signed_in":
      return without(agent, "signingIn", "needsSignIn");
    case "agent_sign_in_failed":
      return without(agent, "signingIn");
    case "prompt_dispatch_failed":
      if (e.payload.code !== "AGENT_AUTH_REQUIRED") return agent;
      return { ...agent, needsSignIn: true };
    case "prompt_dispatch_completed":
      return without(agent, "needsSignIn");
  }
  return agent;
}

/** Returns the attempt to show as failed after an event: the last one, until the next begins. */
export function signInFailureAfter(
  before: AgentSignInFailed | null,
  e: KnownEvent,
): AgentSignInFailed | null {
  switch (e.type) {
    case "agent_signing_in":
    case "agent_signed_in":
      return null;
    case "agent_sign_in_failed":
      return e.payload;
  }
  return before;
}

function without(agent: Agent, ...names: ("signingIn" | "needsSignIn")[]): Agent {
  const rest = { ...agent };
  for (const name of names) delete rest[name];
  return rest;
}

/** How a way to sign in is used. */
export type Way = "agent" | "command" | "variables" | "other";

export function wayOf(m: AuthMethod): Way {
  if (m.type === "agent") return "agent";
  if (m.type === "terminal" && m.command) return "command";
  return m.type === "env_var" && m.variables?.length ? "variables" : "other";
}
