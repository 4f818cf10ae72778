/** REST requests of the pages outside of a room. */

import {
  Server,
  type AgentSessionsAnswer,
  type AgentsAnswer,
  type CreateAnswer,
  type DirectoriesAnswer,
  type HostSession,
  type InvitationAnswer,
  type Participant,
  type Session,
} from "parley-client";

import { ownFetch } from "./operator.ts";
import { server } from "./place.ts";

/** Returns the requests to the server of the page. A proxy in front of it may need its cookies. */
function requests(timeoutMs?: number): Server {
  return new Server(server(), {
    fetch: ownFetch,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

export function listSessions(): Promise<Session[]> {
  return requests().sessions();
}

export function listAgents(): Promise<AgentsAnswer> {
  return requests().agents();
}

/** Returns the sessions that an agent has already. The server starts the agent for this. */
export function listAgentSessions(agent: string): Promise<AgentSessionsAnswer> {
  return requests().agentSessions(agent);
}

/** Returns directories in which an agent may work, and that match what the user has typed. */
export function listDirectories(
  agent: string,
  query: string,
  signal: AbortSignal,
): Promise<DirectoriesAnswer> {
  return requests().directories(agent, query, { signal });
}

export function listHostSessions(): Promise<HostSession[]> {
  return requests().hostSessions();
}

/** Ends an agent for good, with everything that it has started. */
export function endAgent(hostSession: string): Promise<void> {
  return requests().deleteHostSession(hostSession);
}

/**
 * Returns the title that the host gave to an agent's session; "" if there is none or
 * the server does not tell.
 */
export async function titleOf(hostSession: string): Promise<string> {
  return requests()
    .hostSession(hostSession)
    .then(
      ({ title }) => title,
      () => "",
    );
}

const longestAnswerMs = 10_000;

/**
 * Returns what an invite is for. It rejects if the server refuses the invite, and if there
 * is no answer of the server within ten seconds.
 */
export function invitation(
  session: string,
  invite: string,
  signal?: AbortSignal,
): Promise<InvitationAnswer> {
  return requests(longestAnswerMs).invitation(session, invite, { signal });
}

/** Returns how the session of an invite has ended, as far as the server tells. */
export async function howEnded(
  session: string,
  invite: string | undefined,
): Promise<"expired" | "ended"> {
  const known = invite ? await invitation(session, invite).catch(() => null) : null;
  return known?.session.status === "expired" ? "expired" : "ended";
}

export type StartRequest = Parameters<Server["start"]>[0];

/**
 * Starts an agent and waits until it is ready. It calls waiting after each answer that it is
 * not. When signalled to give up, it ends the agent and rejects.
 */
export function startAgent(
  request: StartRequest,
  signal: AbortSignal,
  onWaiting: (starting: HostSession) => void,
): Promise<HostSession> {
  return requests().start(request, { signal, onWaiting });
}

export function share(request: Parameters<Server["share"]>[0]): Promise<CreateAnswer> {
  return requests().share(request);
}

/** Returns what the new session of a fork begins with; undefined if it cannot be forked now. */
export function forkHistory(hostSession: string, signal: AbortSignal) {
  return requests().forkHistory(hostSession, { signal });
}

/** Forks the agent's session of a shared session, and shares the fork with the same host. */
export function forkSession(
  from: Session,
  host: Participant,
  signal: AbortSignal,
): Promise<CreateAnswer> {
  return requests().fork(from, host, { signal });
}
