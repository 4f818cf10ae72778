import {
  CommandMethods,
  type CallOptions,
  type CommandAnswer,
  type CommandName,
  type CommandPayload,
} from "./commands.js";
import { Core } from "./core.js";
import { errorFromWire, ParleyError } from "./errors.js";
import { errorOf } from "./http.js";
import { authorization, endpoint, formatLink, parseLink, type Link } from "./link.js";
import { backoff, type Options } from "./options.js";
import type { ArchiveAnswer, Participant, Welcome } from "./protocol.gen.js";
import { Runner } from "./runner.js";
import type { ConnectionState, Happenings } from "./state.js";
import { decodeJSON, encodeCommand, newID } from "./wire.js";

/** What came of remove(). */
export interface Removal {
  participant: Participant;
  /** The link that people join by from now on; null where the former one stays good. */
  invite: string | null;
}

/** How often a command is sent when the server asks for patience. */
const maxTries = 6;

/**
 * Joins a session by an invite, or comes back by one's own link, and stays
 * connected until close(), or until the server says that there is no use.
 *
 * It returns at once, and nothing is heard before the caller's own code has
 * run: handlers that are added there miss nothing.
 */
export function connect(link: string | Link, options: Options = {}): SessionClient {
  return new SessionClient(typeof link === "string" ? parseLink(link) : link, options);
}

/** One participant's connection to a shared session. */
export class SessionClient extends CommandMethods {
  private readonly core: Core;
  private readonly runner: Runner;

  constructor(link: Link, options: Options) {
    super();
    if (!link.participant && options.readOnly) throw new TypeError("to read takes one's own link");
    if (!link.participant && !options.userId) throw new TypeError("to join takes a userId");
    this.core = new Core(link, options);
    this.runner = new Runner(this.core);
    queueMicrotask(() => void this.runner.run());
  }

  /** How the connection is. on("connection") tells of changes. */
  get connection(): ConnectionState {
    return this.core.state;
  }

  /** Resolves with the first welcome, or rejects with why there will be none. */
  get ready(): Promise<Welcome> {
    return this.core.ready;
  }

  /** Who one is, as the last welcome said. */
  get self(): Participant | undefined {
    return this.core.self;
  }

  /** The last event that was handed out, for Options.cursor. */
  get cursor(): string | undefined {
    return this.core.cursor;
  }

  /** One's own way back in, a secret: keep it. Undefined before the first welcome. */
  get link(): string | undefined {
    const { link, own } = this.core;
    return own && formatLink({ server: link.server, session: link.session, participant: own });
  }

  /** Adds a handler and returns what removes it again. */
  on<Type extends keyof Happenings>(
    type: Type,
    handler: (value: Happenings[Type]) => void,
  ): () => void {
    return this.core.emitter.on(type, handler);
  }

  /** Does not wait for the next attempt to connect, but makes it now. */
  retryNow(): void {
    this.runner.retryNow();
  }

  /**
   * Disconnects. It does not leave the session: link leads back in. Commands
   * under way reject with CLIENT_CLOSED; it is not known whether they were done.
   */
  close(): void {
    this.core.stop("closed", new ParleyError("CLIENT_CLOSED", "the client is closed"));
  }

  /** Ends the participation, and the client with it. */
  async leave(options?: CallOptions): Promise<void> {
    await this.do("leave", {}, options).catch((error: unknown) => {
      // One whose answer was lost was carried out when nobody is let in again.
      if ((error as ParleyError).code !== "PARTICIPANT_INACTIVE") throw error;
    });
    this.core.stop("left", new ParleyError("PARTICIPANT_INACTIVE", "you have left"));
  }

  /** Ends the session for everybody. Host only. */
  async closeSession(options?: CallOptions): Promise<void> {
    await this.do("close", {}, options).catch((error: unknown) => {
      const { connection } = this;
      if (connection.state !== "closed" || connection.reason !== "ended") throw error;
    });
  }

  /** Replaces the invite and resolves to a link with the new one. Host only. */
  async rotateInvite(options?: CallOptions): Promise<string> {
    const { inviteToken } = await this.do("rotate_invite", {}, options);
    return this.inviteLink(inviteToken);
  }

  /**
   * Ends a participation for good, bars the user id and, unless keepInvite is
   * set, replaces the invite. The reason is told to all. Host only.
   */
  async remove(
    participantId: string,
    options: CallOptions & { reason?: string; keepInvite?: boolean } = {},
  ): Promise<Removal> {
    const { reason, keepInvite } = options;
    const why = { ...(reason !== undefined && { reason }), ...(keepInvite && { keepInvite }) };
    const answer = await this.do("remove", { participantId, ...why }, options);
    const invite = answer.inviteToken === null ? null : this.inviteLink(answer.inviteToken);
    return { participant: answer.participant, invite };
  }

  /**
   * Reads a page of the session's events by a request of its own, so also when
   * the client has ended: forward from the first event or after a cursor, or
   * backward from one. Every participant may read who was not removed, also
   * after leaving and after the session's end. While there are more, the
   * page's cursor is what to ask with next.
   */
  async archive(
    which: { cursor?: string; before?: string; limit?: number } = {},
    options: { signal?: AbortSignal } = {},
  ): Promise<ArchiveAnswer> {
    const { link, own, settings } = this.core;
    if (!own) throw new ParleyError("UNAUTHORIZED", "there was no welcome yet");
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(which))
      if (value !== undefined) query.set(name, String(value));
    const response = await settings.fetch(`${endpoint(link, "archive")}?${query}`, {
      headers: authorization(own),
      cache: "no-store",
      credentials: "omit",
      ...(options.signal && { signal: options.signal }),
    });
    const body = await response.text();
    if (response.ok) return decodeJSON(body) as ArchiveAnswer;
    throw errorOf(response, body);
  }

  private inviteLink(invite: string): string {
    return formatLink({ server: this.core.link.server, session: this.core.link.session, invite });
  }

  override async do<Name extends CommandName>(
    type: Name,
    payload: CommandPayload<Name>,
    options: CallOptions = {},
  ): Promise<CommandAnswer<Name>> {
    const { id = newID(), signal } = options;
    const line = encodeCommand(id, type, payload);
    // What was typed a while ago is no news.
    for (let triesLeft = type === "typing" ? 1 : maxTries; ;) {
      const answer = await this.ask(id, line, signal);
      if (answer.type !== "error") return "payload" in answer ? (answer.payload as never) : {};
      const error = errorFromWire(answer.error);
      if (!isOutOfBreath(error) || --triesLeft === 0) throw error;
      const pauseMs = backoff(this.core.settings, maxTries - triesLeft);
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(error.retryAfterMs ?? 0, pauseMs)),
      );
    }
  }

  private async ask(id: string, line: string, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const { state } = this.core;
    if (state.state === "closed") throw state.error;
    const answer = this.core.calls.add(id, line);
    const abort = () => this.core.calls.drop(id, signal?.reason);
    signal?.addEventListener("abort", abort);
    this.runner.flush();
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }
}

/** Whether the command itself is fine, and only came at a bad moment. */
function isOutOfBreath(error: ParleyError): boolean {
  return error.code === "RATE_LIMITED" || error.code === "JOURNAL_UNAVAILABLE";
}
