import { Calls } from "./calls.js";
import { eventNumber } from "./cursor.js";
import { Emitter } from "./emitter.js";
import { ParleyError } from "./errors.js";
import type { Credentials, Link } from "./link.js";
import { settings, type Options, type Settings } from "./options.js";
import type { Participant, Welcome } from "./protocol.gen.js";
import type { CloseReason, ConnectionState, SessionEvents } from "./state.js";
import type { EncodedCommand } from "./transport.js";
import { PresenceList } from "./presence.js";
import { encodeCommand, newID } from "./wire.js";

/** What outlives a connection: the participant, the last event, and open commands. */
export class Core {
  readonly settings: Settings;
  readonly calls = new Calls();
  readonly emitter = new Emitter<SessionEvents>();
  readonly presence = new PresenceList();
  readonly ready: Promise<Welcome>;

  state: ConnectionState = { state: "connecting" };
  self: Participant | undefined;
  own: Credentials | undefined;
  /** The cursor of the last event that was emitted. */
  cursor: string | undefined;
  /** The server's address for links to others, from the last welcome; undefined for none. */
  publicUrl: string | undefined;
  /** Whether there was a welcome. */
  greeted = false;
  /** Called when the client has ended for good, to stop its connection. */
  onStop = () => {};

  private last: number;
  /** The same id for all attempts to join, so that the participant joins once. */
  private readonly joinID = newID();
  private settle!: { resolve(welcome: Welcome): void; reject(error: ParleyError): void };

  constructor(
    readonly link: Link,
    options: Options,
  ) {
    this.settings = settings(options);
    this.own = link.participant;
    this.cursor = options.cursor;
    this.last = eventNumber(options.cursor ?? "");
    this.ready = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.ready.catch(() => {}); // the state tells the error too, so the promise may be ignored
  }

  get stopped(): boolean {
    return this.state.state === "closed";
  }

  /** Returns the first command of a connection. */
  hello(): EncodedCommand {
    const { userId, displayName, role, participantToken, recent, readOnly, maxDelayMs } =
      this.settings;
    const lean = maxDelayMs !== null && { maxDelayMs };
    if (!this.own) {
      const join = { inviteToken: this.link.invite, userId, displayName, role, participantToken };
      const id = this.joinID;
      return { id, line: encodeCommand(id, "join", { ...join, recent, ...lean }) };
    }
    const { id: participantId, token } = this.own;
    const resume = {
      participantId,
      participantToken: token,
      cursor: this.cursor,
      ...(readOnly && { readOnly }),
      ...lean,
    };
    const id = newID();
    // After a cursor, the missed events follow by themselves.
    return { id, line: encodeCommand(id, "resume", this.cursor ? resume : { ...resume, recent }) };
  }

  /**
   * Takes in a welcome and emits it. After a resume without a gap, only presence is
   * emitted: the events tell every other change.
   */
  welcomed(welcome: Welcome, state: "live" | "fallback"): void {
    const resumed = welcome.resume === "ok" && this.greeted;
    this.greeted = true;
    this.self = welcome.participant;
    this.publicUrl = welcome.publicUrl;
    const token = welcome.participant.accessToken ?? this.own?.token ?? "";
    this.own = { id: welcome.participant.id, token };
    if (welcome.resume !== "ok") this.seen(welcome.cursor);
    this.presence.welcomed(welcome);
    this.setState({ state });
    if (this.stopped) return; // a handler has closed the client
    if (resumed) {
      this.emitter.emit("presence", { participants: welcome.presence });
    } else {
      this.emitter.emit("welcome", welcome);
      this.settle.resolve(welcome);
    }
  }

  /** Reports whether the event with this cursor is new, and remembers it. */
  isNews(cursor: string): boolean {
    if (eventNumber(cursor) <= this.last) return false;
    this.seen(cursor);
    return true;
  }

  setState(state: ConnectionState): void {
    if (this.stopped) return;
    this.state = state;
    this.emitter.emit("connection", state);
  }

  /** Ends the client for good. Only the first call has an effect. */
  stop(reason: CloseReason, error: ParleyError): void {
    if (this.stopped) return;
    this.setState({ state: "closed", reason, error });
    this.onStop();
    this.calls.dropAll(error);
    this.settle.reject(error);
  }

  private seen(cursor: string): void {
    this.cursor = cursor;
    this.last = eventNumber(cursor);
  }
}
