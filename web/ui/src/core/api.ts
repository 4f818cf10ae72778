/** The server's plain requests, for what happens before one is in a room. */

import {
  ParleyError,
  type AgentProfile,
  type CreateAnswer,
  type ErrorBody,
  type HostSession,
  type InvitationAnswer,
  type Mode,
  type Session,
} from "parley-client";

import { server } from "./place.ts";
import { randomHex } from "./random.ts";

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
  const { code = "INTERNAL", error = answer.statusText, retryable, retryAfterMs } = e;
  throw new ParleyError(code, error, retryable, retryAfterMs);
}

export async function listSessions(): Promise<Session[]> {
  return (await ask<{ sessions: Session[] }>("GET", "/api/shared-sessions")).sessions;
}

export async function listAgents(): Promise<AgentProfile[]> {
  return (await ask<{ agents: AgentProfile[] }>("GET", "/api/agents")).agents;
}

export async function listHostSessions(): Promise<HostSession[]> {
  return (await ask<{ sessions: HostSession[] }>("GET", "/api/sessions")).sessions;
}

/** Ends an agent for good, with all that it has started. */
export async function endAgent(hostSession: string): Promise<void> {
  await ask("DELETE", `/api/sessions/${encodeURIComponent(hostSession)}`);
}

/** What the host called an agent's session, where the server tells that; else nothing. */
export async function titleOf(hostSession: string): Promise<string> {
  const path = `/api/sessions/${encodeURIComponent(hostSession)}`;
  return ask<{ session: HostSession }>("GET", path).then(
    ({ session }) => session.title,
    () => "",
  );
}

const longestAnswerMs = 10_000;

/**
 * What an invite is for. Rejects with a ParleyError where the server has refused the invite, and
 * with any other error where there was no answer of the server's, in ten seconds at the latest.
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
  // What a network has put between, a page to sign in say, answers everything in its own way.
  if (!answer?.session?.status || !answer.host) throw new Error("this is no answer of the server");
  return answer;
}

/** How a session has ended that an invite leads to, as far as the server tells. */
export async function howEnded(
  session: string,
  invite: string | undefined,
): Promise<"expired" | "ended"> {
  const known = invite ? await invitation(session, invite).catch(() => null) : null;
  return known?.session.status === "expired" ? "expired" : "ended";
}

/**
 * Starts an agent and waits until it is ready, however long that takes: a proxy may not wait as
 * long for one answer, so the same request is sent again and again. waiting is told how it goes.
 * When it is given up, the agent is ended.
 */
export async function startAgent(
  agent: string,
  title: string,
  givenUp: AbortSignal,
  waiting: (starting: HostSession) => void,
): Promise<HostSession> {
  const request = { agent, ...(title && { title }) };
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
}

export function share(request: ShareRequest): Promise<CreateAnswer> {
  return ask<CreateAnswer>("POST", "/api/shared-sessions", request);
}
