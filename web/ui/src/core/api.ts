/** The server's plain requests, for what happens before one is in a room. */

import {
  ParleyError,
  type AgentProfile,
  type CreateAnswer,
  type HostSession,
  type Mode,
  type Participant,
  type Session,
} from "parley-client";

import { server } from "./place.ts";
import { randomHex } from "./random.ts";

async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const answer = await fetch(server() + path, {
    method,
    credentials: "same-origin",
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const value: unknown = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return value as T;
  const e = (value ?? {}) as { code?: string; error?: string; retryable?: boolean };
  throw new ParleyError(e.code ?? "INTERNAL", e.error ?? answer.statusText, e.retryable);
}

export interface Glance {
  session: Session;
  participants: Participant[];
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

/** A look at a session from outside, where the server allows that. */
export function glance(session: string): Promise<Glance> {
  return ask<Glance>("GET", `/api/shared-sessions/${encodeURIComponent(session)}`);
}

/** Why a session is no longer active, where the server tells that to people outside. */
export async function howEnded(session: string): Promise<"expired" | "ended"> {
  const sessions = await listSessions().catch(() => []);
  return sessions.find((s) => s.id === session)?.status === "expired" ? "expired" : "ended";
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
