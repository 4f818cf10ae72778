/** REST requests of the pages outside of a room. */

import {
  ParleyError,
  type AgentSessionsAnswer,
  type AgentsAnswer,
  type Attribution,
  type AuthMethod,
  type CreateAnswer,
  type DirectoriesAnswer,
  type ErrorBody,
  type HostSession,
  type InvitationAnswer,
  type Mode,
  type Participant,
  type Session,
} from "parley-client";

import { server } from "./place.ts";
import { randomHex } from "./random.ts";

/** An agent was not started because nobody is signed in to it. */
export class SignInNeeded extends ParleyError {
  readonly methods: readonly AuthMethod[];

  constructor(message: string, methods: readonly AuthMethod[]) {
    super("AGENT_AUTH_REQUIRED", message);
    this.methods = methods;
  }
}

async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  signal: AbortSignal | null = null,
): Promise<T> {
  const answer = await fetch(server() + path, {
    method,
    signal,
    credentials: "same-origin",
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const value: unknown = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return value as T;
  const e = (value ?? {}) as Partial<ErrorBody>;
  const {
    code = "INTERNAL",
    error = answer.statusText,
    retryable,
    retryAfterMs,
    authMethods,
    field,
  } = e;
  if (authMethods) throw new SignInNeeded(error, authMethods);
  throw new ParleyError(code, error, retryable, retryAfterMs, field);
}

export async function listSessions(): Promise<Session[]> {
  return (await ask<{ sessions: Session[] }>("GET", "/api/shared-sessions")).sessions;
}

export function listAgents(): Promise<AgentsAnswer> {
  return ask<AgentsAnswer>("GET", "/api/agents");
}

/** Returns the sessions that an agent has already. The server starts the agent for this. */
export function listAgentSessions(agent: string): Promise<AgentSessionsAnswer> {
  return ask<AgentSessionsAnswer>("POST", `/api/agents/${encodeURIComponent(agent)}/sessions`, {});
}

/** Returns directories in which an agent may work, and that match what the user has typed. */
export function listDirectories(
  agent: string,
  query: string,
  givenUp: AbortSignal,
): Promise<DirectoriesAnswer> {
  const path = `/api/agents/${encodeURIComponent(agent)}/directories?query=${encodeURIComponent(query)}`;
  return ask<DirectoriesAnswer>("POST", path, {}, {}, givenUp);
}

export async function listHostSessions(): Promise<HostSession[]> {
  return (await ask<{ sessions: HostSession[] }>("GET", "/api/sessions")).sessions;
}

/** Ends an agent for good, with everything that it has started. */
export async function endAgent(hostSession: string): Promise<void> {
  await ask("DELETE", `/api/sessions/${encodeURIComponent(hostSession)}`);
}

/**
 * Returns the title that the host gave to an agent's session; "" if there is none or
 * the server does not tell.
 */
export async function titleOf(hostSession: string): Promise<string> {
  const path = `/api/sessions/${encodeURIComponent(hostSession)}`;
  return ask<{ session: HostSession }>("GET", path).then(
    ({ session }) => session.title,
    () => "",
  );
}

const longestAnswerMs = 10_000;

/**
 * Returns what an invite is for. It rejects with a ParleyError if the server refuses
 * the invite, and with another error if the server gives no answer within ten seconds.
 */
export async function invitation(
  session: string,
  invite: string,
  givenUp?: AbortSignal,
): Promise<InvitationAnswer> {
  const signals = [AbortSignal.timeout(longestAnswerMs), ...(givenUp ? [givenUp] : [])];
  const answer = await ask<InvitationAnswer | null>(
    "GET",
    `/api/shared-sessions/${encodeURIComponent(session)}/invitation`,
    undefined,
    { Authorization: `Bearer ${invite}` },
    AbortSignal.any(signals),
  );
  // A login page of the network may answer in place of the server.
  if (!answer?.session?.status || !answer.host)
    throw new Error("the answer is not from the server");
  return answer;
}

/** Returns how the session of an invite has ended, as far as the server tells. */
export async function howEnded(
  session: string,
  invite: string | undefined,
): Promise<"expired" | "ended"> {
  const known = invite ? await invitation(session, invite).catch(() => null) : null;
  return known?.session.status === "expired" ? "expired" : "ended";
}

export interface StartRequest {
  /** The name of an agent; none with fork. */
  agent?: string;
  title?: string;
  /** The working directory; the agent's own if absent. */
  cwd?: string;
  /** The id of a session that the agent has already; cwd is its directory. */
  adopt?: string;
  /** The id of a host session from which the same agent goes on in another way. */
  fork?: string;
  /** The id of a way to sign in before the agent opens its session. */
  signIn?: string;
}

/**
 * Starts an agent and waits until it is ready. The same request is repeated, since a
 * proxy may limit how long one answer takes. It calls waiting after each answer
 * meanwhile. When signalled to give up, it ends the agent and rejects.
 */
export async function startAgent(
  request: StartRequest,
  givenUp: AbortSignal,
  waiting: (starting: HostSession) => void,
): Promise<HostSession> {
  const headers = { "Idempotency-Key": randomHex(16), Prefer: "wait=2" };
  for (;;) {
    const { session } = await ask<{ session: HostSession }>(
      "POST",
      "/api/sessions",
      request,
      headers,
    );
    if (givenUp.aborted) {
      await endAgent(session.id);
      throw givenUp.reason;
    }
    if (session.status !== "starting") return session;
    waiting(session);
  }
}

export interface ShareRequest {
  hostSessionId: string;
  hostUserId: string;
  hostDisplayName: string;
  mode: Mode;
  expiresInMinutes: number;
  attribution: Attribution;
}

export function share(request: ShareRequest): Promise<CreateAnswer> {
  return ask<CreateAnswer>("POST", "/api/shared-sessions", request);
}

/** Forks the agent's session of a shared session, and shares the fork with the same host. */
export async function forkSession(
  from: Session,
  host: Participant,
  givenUp: AbortSignal,
): Promise<CreateAnswer> {
  const agent = await startAgent({ fork: from.hostSessionId }, givenUp, () => {});
  const left = from.expiresAt ? Date.parse(from.expiresAt) - Date.now() : 0;
  return share({
    hostSessionId: agent.id,
    hostUserId: host.userId,
    hostDisplayName: host.displayName ?? host.userId,
    mode: from.mode,
    expiresInMinutes: from.expiresAt ? Math.max(1, Math.floor(left / 60_000)) : 0,
    attribution: from.attribution ?? "off",
  });
}
