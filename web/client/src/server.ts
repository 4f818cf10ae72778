import {
  ask,
  isUnreachable,
  listed,
  notParley,
  type Request,
  type RequestOptions,
  type ServerOptions,
} from "./ask.js";
import { formatLink, type Link } from "./link.js";
import type {
  AgentsAnswer,
  AgentSessionsAnswer,
  CloseAnswer,
  CreateAnswer,
  CreateHostSession,
  CreateSharedSession,
  DirectoriesAnswer,
  EarlierHistory,
  HostSession,
  HostSessionAnswer,
  InvitationAnswer,
  ListedSession,
  Message,
  OperatorSignInAnswer,
  Participant,
  ServerAnswer,
  Session,
  SessionStatus,
  StateAnswer,
} from "./protocol.gen.js";
import { newID } from "./wire.js";

/** Options of a request that starts an agent. */
export interface StartOptions extends RequestOptions {
  /** Called with each answer that the agent is still starting. */
  onWaiting?: (starting: HostSession) => void;
}

/** A shared session that was created, with the links into it. They are secrets. */
export interface Shared extends CreateAnswer {
  /** The host's own link. */
  own: string;
  /** The link for others, at the server's public address if it has one. */
  invite: string;
}

const agentMs = 300_000;
const giveUpMs = 5_000;

/**
 * The requests that are outside of a shared session: they list and start agents, and create,
 * find and close sessions. What happens in a session is for {@link connect}.
 *
 * Each method makes one request, which is not repeated, except in {@link Server.start}. They
 * reject with a ParleyError: the server's own, or SERVER_UNREACHABLE if something else
 * answers, or nothing in time. It is then unknown whether the request took effect. Redirects are not
 * followed, since they would lead the secrets of a request elsewhere.
 */
export class Server {
  /** The server's address, without a slash at its end. */
  readonly address: string;
  private readonly options: ServerOptions;

  /** Throws a TypeError unless the address is like https://HOST or https://HOST/PREFIX. */
  constructor(address: string, options: ServerOptions = {}) {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
      throw new TypeError("the address of a server looks like https://HOST");
    this.address = url.href.replace(/\/+$/, "");
    this.options = options;
  }

  /** Tells what the server asks for, and whether the token of the options is an operator's key. */
  describe(options?: RequestOptions): Promise<ServerAnswer> {
    return this.request("GET", ["server"], { ...options });
  }

  /**
   * Exchanges the code of a sign-in link, SERVER/#k=CODE, for an operator's key, or checks a
   * key, or collects the credential of a browser that has been at the identity provider. A key is the token of {@link ServerOptions}. With `cookie` a browser keeps it, and
   * the answer is without it.
   */
  signIn(
    secret: { code: string } | { key: string } | { provider: true },
    { cookie = false, ...options }: RequestOptions & { cookie?: boolean } = {},
  ): Promise<OperatorSignInAnswer> {
    return this.request("POST", ["sign-in"], { body: { ...secret, cookie }, ...options });
  }

  /** Makes the key invalid if a sign-in link has made it, and removes the cookie. */
  async signOut(options?: RequestOptions): Promise<void> {
    await this.request("POST", ["sign-out"], { body: {}, ...options });
  }

  /** Lists the agents that can be started, and common ones that are not installed. */
  agents(options?: RequestOptions): Promise<AgentsAnswer> {
    return this.request("GET", ["agents"], { ...options });
  }

  /**
   * Completes the directory in which an agent is to work. The query is the beginning of a
   * path, or a part of a directory's name.
   */
  directories(agent: string, query: string, options?: RequestOptions): Promise<DirectoriesAnswer> {
    const request = { query: { query }, body: {}, ...options };
    return this.request("POST", ["agents", agent, "directories"], request);
  }

  /**
   * Lists the sessions that an agent has already, for {@link Server.adopt}: those in the
   * directory cwd if it is given. The server starts the agent for that.
   */
  agentSessions(
    agent: string,
    { cwd, ...options }: RequestOptions & { cwd?: string } = {},
  ): Promise<AgentSessionsAnswer> {
    const request = { query: { cwd }, body: {}, longerMs: agentMs, ...options };
    return this.request("POST", ["agents", agent, "sessions"], request);
  }

  /**
   * Starts an agent and waits until it is ready, which may take minutes. Meanwhile it repeats
   * its request, always under one Idempotency-Key, so that one agent starts. When it is
   * aborted, or loses the server, it ends the agent if it can, within five seconds.
   */
  async start(
    wanted: Partial<CreateHostSession>,
    options: StartOptions = {},
  ): Promise<HostSession> {
    const { signal, onWaiting } = options;
    const headers = { "Idempotency-Key": newID(), Prefer: "wait=2" };
    const request = { headers, body: wanted };
    try {
      for (;;) {
        const session = await this.oneHostSession("POST", [], { ...request, signal });
        if (session.status !== "starting") return session;
        onWaiting?.(session);
        signal?.throwIfAborted();
      }
    } catch (e) {
      if (signal?.aborted || isUnreachable(e)) await this.giveUp(request);
      throw e;
    }
  }

  /** Lists the host sessions, the newest first. */
  async hostSessions(options?: RequestOptions): Promise<HostSession[]> {
    return this.list("sessions", ["sessions"], { ...options });
  }

  /** Reads a host session. */
  hostSession(id: string, options?: RequestOptions): Promise<HostSession> {
    return this.oneHostSession("GET", [id], { ...options });
  }

  /**
   * Tells what a shared session on a fork of a host session begins with; undefined if it
   * cannot be forked now. Show it before a person decides on {@link Server.fork}.
   */
  async forkHistory(
    hostSession: string,
    options?: RequestOptions,
  ): Promise<EarlierHistory | undefined> {
    const request = { ...options };
    const answer = await this.request<HostSessionAnswer>("GET", ["sessions", hostSession], request);
    return answer.forkHistory;
  }

  /** Cancels the turn that runs in a host session, whichever shared session it belongs to. */
  async cancelTurn(hostSession: string, options?: RequestOptions): Promise<void> {
    await this.request("POST", ["sessions", hostSession, "cancel"], { body: {}, ...options });
  }

  /**
   * Ends an agent for good. The shared sessions on it stay open for chat. With
   * `agentSession: "delete"` the agent deletes its own session first, for which it has to
   * run and to offer that.
   */
  async deleteHostSession(
    id: string,
    { agentSession, ...options }: RequestOptions & { agentSession?: "keep" | "delete" } = {},
  ): Promise<void> {
    const longerMs = agentSession === "delete" ? agentMs : 0;
    await this.request("DELETE", ["sessions", id], {
      query: { agentSession },
      longerMs,
      ...options,
    });
  }

  /** Creates a shared session on a host session. */
  async share(
    wanted: Pick<CreateSharedSession, "hostSessionId" | "hostUserId"> &
      Partial<CreateSharedSession>,
    options?: RequestOptions,
  ): Promise<Shared> {
    const headers = { "Idempotency-Key": newID() };
    const request = { headers, body: wanted, ...options };
    const made = await this.request<CreateAnswer>("POST", ["shared-sessions"], request);
    const { session, hostParticipant: host, inviteToken, publicUrl } = made;
    if (!session?.id || !host?.accessToken || !inviteToken) throw notParley();
    const { certificate } = this.options;
    const link = {
      server: this.address,
      session: session.id,
      ...(certificate && { certificate }),
    };
    const participant = { id: host.id, token: host.accessToken };
    return {
      ...made,
      own: formatLink({ ...link, participant }),
      invite: formatLink({ ...link, server: publicUrl || this.address, invite: inviteToken }),
    };
  }

  /**
   * Starts an agent as {@link Server.start} does, and creates a shared session on it. If that
   * fails, it ends the agent.
   */
  async startAndShare(
    agent: Partial<CreateHostSession>,
    wanted: Pick<CreateSharedSession, "hostUserId"> & Partial<CreateSharedSession>,
    options: StartOptions = {},
  ): Promise<Shared> {
    const { id } = await this.start(agent, options);
    try {
      return await this.share({ ...wanted, hostSessionId: id }, { signal: options.signal });
    } catch (e) {
      await this.end(id);
      throw e;
    }
  }

  /**
   * Shares a session that an agent has already, one of {@link Server.agentSessions}, with its
   * history. End the agent elsewhere first, so that two processes do not work in one session.
   */
  adopt(
    agent: string,
    listed: ListedSession,
    wanted: Pick<CreateSharedSession, "hostUserId"> & Partial<CreateSharedSession>,
    options?: StartOptions,
  ): Promise<Shared> {
    const title = [...listed.title.replace(/[\p{C}\p{Z}]/gu, " ").trim()].slice(0, 60).join("");
    const adopted = { agent, adopt: listed.sessionId, cwd: listed.cwd, title };
    return this.startAndShare(adopted, wanted, options);
  }

  /**
   * Lets the agent of a shared session go on from there in a new one as well, in another
   * way. The new session has the same host, mode and attribution, and ends at the same time.
   */
  fork(from: Session, host: Participant, options?: StartOptions): Promise<Shared> {
    const left = from.expiresAt ? Date.parse(from.expiresAt) - Date.now() : 0;
    const wanted = {
      hostUserId: host.userId,
      ...(host.displayName !== null && { hostDisplayName: host.displayName }),
      mode: from.mode,
      ...(from.expiresAt && { expiresInMinutes: Math.max(1, Math.floor(left / 60_000)) }),
      ...(from.attribution && { attribution: from.attribution }),
    };
    return this.startAndShare({ fork: from.hostSessionId }, wanted, options);
  }

  /** Lists shared sessions, the newest first. */
  async sessions(
    filter: { workspaceId?: string; hostSessionId?: string; status?: SessionStatus } = {},
    options?: RequestOptions,
  ): Promise<Session[]> {
    return this.list("sessions", ["shared-sessions"], { query: { ...filter }, ...options });
  }

  /**
   * Reads a shared session that is active. The link needs a participant's credentials unless
   * the server lets everybody read.
   */
  async state(link: Link, options?: RequestOptions): Promise<StateAnswer> {
    const answer = await this.read<StateAnswer>(link, [], options);
    if (!answer.session?.id) throw notParley();
    return answer;
  }

  /** Lists all participants of an active session in join order, as {@link Server.state}. */
  async participants(link: Link, options?: RequestOptions): Promise<Participant[]> {
    type Answer = { participants: Participant[] };
    return listed((await this.read<Answer>(link, ["participants"], options)).participants);
  }

  /** Lists all messages of an active session, oldest first, as {@link Server.state}. */
  async messages(link: Link, options?: RequestOptions): Promise<Message[]> {
    return listed((await this.read<{ messages: Message[] }>(link, ["messages"], options)).messages);
  }

  /** Tells what an invite is for, before joining and after the session's end. */
  async invitation(
    session: string,
    invite: string,
    options?: RequestOptions,
  ): Promise<InvitationAnswer> {
    const as = { server: this.address, session, invite };
    const path = ["shared-sessions", session, "invitation"];
    const answer = await this.request<InvitationAnswer>("GET", path, { as, ...options });
    if (!answer.session?.status || !answer.host) throw notParley();
    return answer;
  }

  /** Closes a shared session for everyone. The link is the host's own. */
  async close(own: Link, options?: RequestOptions): Promise<Session> {
    const request = { body: {}, as: own, ...options };
    return (await this.request<CloseAnswer>("DELETE", ["shared-sessions", own.session], request))
      .session;
  }

  private read<T>({ server, session, participant }: Link, path: string[], o?: RequestOptions) {
    const as = { server, session, ...(participant && { participant }) };
    return this.request<T>("GET", ["shared-sessions", session, ...path], { as, ...o });
  }

  private async list<T>(member: string, path: string[], request: Request): Promise<T[]> {
    return listed((await this.request<Record<string, T[]>>("GET", path, request))[member]);
  }

  private async oneHostSession(method: string, path: string[], request: Request) {
    const { session } = await this.request<{ session?: HostSession }>(
      method,
      ["sessions", ...path],
      request,
    );
    if (!session?.id) throw notParley();
    return session;
  }

  /** Ends the agent that a request has started. The same request tells its id. */
  private async giveUp({ headers, body }: Required<Pick<Request, "headers" | "body">>) {
    const again = { headers: { ...headers, Prefer: "wait=0" }, body };
    const signal = AbortSignal.timeout(giveUpMs);
    await this.oneHostSession("POST", [], { ...again, signal }).then(
      ({ id }) => this.end(id),
      () => {},
    );
  }

  /** Ends an agent whose start or session was given up. Nobody waits for the outcome. */
  private end(id: string): Promise<void> {
    const signal = AbortSignal.timeout(giveUpMs);
    return this.deleteHostSession(id, { signal }).catch(() => {});
  }

  private request<T>(method: string, path: string[], request: Request): Promise<T> {
    return ask<T>(this.address, this.options, method, path, request);
  }
}
