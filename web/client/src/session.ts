import { download, upload, type UploadOptions } from "./attachments.js";
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
import type {
  ArchiveAnswer,
  ChangesAnswer,
  Content,
  FilesAnswer,
  Participant,
  Welcome,
} from "./protocol.gen.js";
import { Runner } from "./runner.js";
import type { ConnectionState, SessionEvents } from "./state.js";
import { decodeJSON, encodeCommand, newID } from "./wire.js";

/** The result of {@link SessionClient.remove}. */
export interface Removal {
  /** The removed participant. */
  participant: Participant;
  /** The link by which people join from now on; null if the former one stays valid. */
  invite: string | null;
}

/** How often a command is sent when the server asks to retry. */
const maxTries = 6;

/**
 * Joins a session by an invite, or returns by a participant's own link, and stays
 * connected until close() is called or the server refuses.
 *
 * It returns at once and emits nothing before the calling code has run, so handlers
 * that are added right after it miss nothing. It throws a TypeError for a malformed
 * link, for an invite without a userId, and for readOnly with an invite.
 *
 * @example
 * ```ts
 * const session = connect(link, { userId: "ann" });
 * session.on("event", (event) => console.log(event.type));
 * await session.chat("Hello");
 * ```
 *
 * The package's examples/talk.ts, approve.ts and archive.ts are complete programs.
 */
export function connect(link: string | Link, options: Options = {}): SessionClient {
  return new SessionClient(typeof link === "string" ? parseLink(link) : link, options);
}

/** One participant's connection to a shared session. {@link connect} creates it. */
export class SessionClient extends CommandMethods {
  private readonly core: Core;
  private readonly runner: Runner;

  constructor(link: Link, options: Options) {
    super();
    if (!link.participant && options.readOnly)
      throw new TypeError("readOnly needs a participant's own link");
    if (!link.participant && !options.userId)
      throw new TypeError("joining by an invite needs a userId");
    this.core = new Core(link, options);
    this.runner = new Runner(this.core);
    queueMicrotask(() => void this.runner.run());
  }

  /** The state of the connection. on("connection") tells its changes. */
  get connection(): ConnectionState {
    return this.core.state;
  }

  /** Resolves to the first welcome, or rejects with a {@link ParleyError} if there will be none. */
  get ready(): Promise<Welcome> {
    return this.core.ready;
  }

  /** The participant, as of the last welcome. Undefined before the first one. */
  get self(): Participant | undefined {
    return this.core.self;
  }

  /** The cursor of the last event that was emitted, for {@link Options.cursor}. */
  get cursor(): string | undefined {
    return this.core.cursor;
  }

  /**
   * The participant's own link, with which to return. It is a secret: store it safely.
   * Undefined before the first welcome.
   */
  get link(): string | undefined {
    const { link, own } = this.core;
    return own && formatLink(linkLike(link, { participant: own }));
  }

  /** Adds a handler and returns a function that removes it. */
  on<Type extends keyof SessionEvents>(
    type: Type,
    handler: (value: SessionEvents[Type]) => void,
  ): () => void {
    return this.core.emitter.on(type, handler);
  }

  /** Connects now instead of waiting for the next attempt. */
  retryNow(): void {
    this.runner.retryNow();
  }

  /**
   * Disconnects, but does not leave the session: the link leads back in. Open commands
   * reject with CLIENT_CLOSED; whether they were carried out is unknown.
   */
  close(): void {
    this.core.stop("closed", new ParleyError("CLIENT_CLOSED", "the client is closed"));
  }

  /** Ends the participation, and with it the client. */
  async leave(options?: CallOptions): Promise<void> {
    await this.do("leave", {}, options).catch((error: unknown) => {
      // If the answer was lost, this error tells that the command was carried out.
      if ((error as ParleyError).code !== "PARTICIPANT_INACTIVE") throw error;
    });
    this.core.stop("left", new ParleyError("PARTICIPANT_INACTIVE", "you have left"));
  }

  /** Ends the session for everyone. Only the host may do this. */
  async closeSession(options?: CallOptions): Promise<void> {
    await this.do("close", {}, options).catch((error: unknown) => {
      const { connection } = this;
      if (connection.state !== "closed" || connection.reason !== "ended") throw error;
    });
  }

  /** Replaces the invite, and resolves to a link with the new one. Only the host may do this. */
  async rotateInvite(options?: CallOptions): Promise<string> {
    const { inviteToken } = await this.do("rotate_invite", {}, options);
    return this.inviteLink(inviteToken);
  }

  /**
   * Removes a participant for good and bars the user id. Unless keepInvite is set, it
   * replaces the invite as well. Every participant sees the reason. Only the host may
   * do this.
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
   * Reads a page of the session's events by a request of its own, and so works even
   * after the client has ended. It reads forward from the first event or after
   * `cursor`, or backward from `before`. Every participant who was not removed may
   * read, even after leaving and after the end of the session. While the answer says
   * that there are more, its cursor is where the next page starts. It rejects with
   * UNAUTHORIZED if there was no welcome yet.
   */
  async archive(
    which: { cursor?: string; before?: string; limit?: number } = {},
    options: { signal?: AbortSignal } = {},
  ): Promise<ArchiveAnswer> {
    return this.read<ArchiveAnswer>("archive", which, options);
  }

  /**
   * Reads the changes of the agent's working directory, by a request of its own: since
   * the session began, since the newest commit, or in a turn. An answer without changes
   * to show has a reason. With a path it reads one file, with a longer patch.
   */
  async changes(
    which: { scope?: "all" | "uncommitted" | "turn"; turn?: string; path?: string } = {},
    options: { signal?: AbortSignal } = {},
  ): Promise<ChangesAnswer> {
    return this.read<ChangesAnswer>("changes", which, options);
  }

  /**
   * Uploads a file, which a prompt or message then names by the id of the result:
   * `{ type: "attachment", id }`. The server deletes a file that nothing names within an
   * hour. It rejects with TOO_LARGE and STORAGE_FULL beyond the limits, and with
   * COMMENT_NOT_ALLOWED for those who may neither comment nor prompt. It is not repeated
   * when the connection breaks.
   */
  upload(file: Blob, options: UploadOptions = {}): Promise<Content> {
    return upload(this.core, file, options);
  }

  /**
   * Reads an attachment, by a request of its own, as archive() does. Never show it as a
   * page: people can upload anything. It rejects with ATTACHMENT_NOT_FOUND.
   */
  download(id: string, options: { signal?: AbortSignal } = {}): Promise<Blob> {
    return download(this.core, id, options.signal);
  }

  /**
   * Lists files of the agent's working directory whose paths contain a text, by a request
   * of its own. Files that have changed come first.
   */
  async files(query: string, options: { signal?: AbortSignal } = {}): Promise<FilesAnswer> {
    return this.read<FilesAnswer>("files", { query }, options);
  }

  private async read<Answer>(
    name: string,
    which: Record<string, string | number | undefined>,
    options: { signal?: AbortSignal },
  ): Promise<Answer> {
    const { link, own, settings } = this.core;
    if (!own) throw new ParleyError("UNAUTHORIZED", "the client has not been welcomed yet");
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(which))
      if (value !== undefined) query.set(key, String(value));
    const response = await settings.fetch(`${endpoint(link, name)}?${query}`, {
      headers: authorization(own),
      cache: "no-store",
      credentials: "omit",
      ...(options.signal && { signal: options.signal }),
    });
    const body = await response.text();
    if (response.ok) return decodeJSON(body) as Answer;
    throw errorOf(response, body);
  }

  private inviteLink(invite: string): string {
    const { link, publicUrl } = this.core;
    return formatLink({ ...linkLike(link, { invite }), server: publicUrl ?? link.server });
  }

  override async do<Name extends CommandName>(
    type: Name,
    payload: CommandPayload<Name>,
    options: CallOptions = {},
  ): Promise<CommandAnswer<Name>> {
    const { id = newID(), signal } = options;
    const line = encodeCommand(id, type, payload);
    // A typing notice that is late is pointless.
    for (let triesLeft = type === "typing" ? 1 : maxTries; ;) {
      const answer = await this.ask(id, line, signal);
      if (answer.type !== "error") return "payload" in answer ? (answer.payload as never) : {};
      const error = errorFromWire(answer.error);
      if (!isTransient(error) || --triesLeft === 0) throw error;
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

/** Reports whether the same command may succeed a little later. */
function isTransient(error: ParleyError): boolean {
  return error.code === "RATE_LIMITED" || error.code === "JOURNAL_UNAVAILABLE";
}

/** Returns a link into the same session with another secret. */
function linkLike({ invite: _, participant: __, ...rest }: Link, secret: Partial<Link>): Link {
  return { ...rest, ...secret };
}
