/** Turns what useSession receives into a room for React to render. */

import { ParleyError, type Commands, type SessionClient, type Welcome } from "parley-client";
import type { Handlers } from "parley-client/react";

import { Pace } from "../core/pace.ts";
import { enter, shownOf, withPeople, withPresence, withWhole, type Room } from "../core/room.ts";
import { startsTyping, stopsTyping } from "../core/roomEvents.ts";
import { append, prepend, take, toNewest } from "../core/roomHistory.ts";
import { eventsPerPage } from "parley-client/view";
import type { SessionEvent } from "../core/wire.ts";
import { toast } from "../parts/toasts.ts";
import { t } from "../texts.ts";

type EventsListener = (room: Room, events: readonly SessionEvent[]) => void;

export interface RoomState {
  room: Room | null;
  loadingOlder: boolean;
  loadingNewer: boolean;
}

const typingLapsesMs = 6_000;
const peoplePerPage = 500;
// Hidden pages are not painted, but their titles stay up to date.
const hiddenPauseMs = 200;

/** Holds the room. It makes no connection: its handlers are passed to useSession. */
export class RoomStore {
  private state: RoomState = { room: null, loadingOlder: false, loadingNewer: false };
  private readonly listeners = new Set<() => void>();
  private readonly eventsListeners = new Set<EventsListener>();
  private welcome: Welcome | null = null;
  /** Whether the user has scrolled up from the end. */
  private reading = false;
  private waiting: SessionEvent[] = [];
  private cancelFlush: (() => void) | null = null;
  /** The welcome whose missing participants are being loaded. */
  private asking: Welcome | null = null;
  private readonly pace = new Pace();
  private readonly typists = new Map<string, ReturnType<typeof setTimeout>>();

  readonly handlers: Handlers = {
    welcome: (w, client) => {
      this.waiting = [];
      this.welcome = w;
      this.set({ room: enter(w), loadingOlder: false, loadingNewer: false });
      if (w.resume === "gap") toast(t.connection.gap);
      // After a gap the welcome contains no events.
      if (!w.recent?.length) void this.older(client);
      void this.people(client);
    },
    event: (e) => this.queue(e),
    unknown: (line) => {
      if (typeof line.cursor === "string") this.queue(line as unknown as SessionEvent);
    },
    presence: (p) => this.change((room) => withPresence(room, p.participants)),
    typing: (n) => this.typing(n.participantId, n.active),
    connection: ({ state }, client) => {
      this.flush();
      if (state === "live" || state === "fallback") void this.people(client);
      // A lost connection brings no news about who has stopped typing.
      if (state === "closed") for (const id of this.typists.keys()) this.typing(id, false);
    },
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): RoomState => this.state;

  /** Records whether the user has scrolled up from the end: what is read there is not dropped. */
  read = (on: boolean): void => {
    this.reading = on;
  };

  /** Loads the events before the shown ones. */
  async older(client: SessionClient): Promise<void> {
    const { room, loadingOlder } = this.state;
    if (!room || loadingOlder || !shownOf(room).more) return;
    const first = shownOf(room).events[0];
    const { welcome } = this;
    this.set({ loadingOlder: true });
    try {
      const which = { ...(first && { before: first.cursor }), limit: eventsPerPage };
      // A client whose session has ended has no connection, but can read the archive.
      const over = client.connection.state === "closed";
      const h = await (over ? client.archive(which) : client.history(which));
      this.changeIf(welcome, (room) => {
        // The user may have left the shown stretch in the meantime.
        if (shownOf(room).events[0]?.cursor !== first?.cursor) return room;
        return h.gap ? withoutMore(room) : prepend(room, h.events, h.more);
      });
    } catch (error) {
      // A removed user is refused the history. What is loaded stays.
      if (!(error instanceof ParleyError && error.retryable)) this.changeIf(welcome, withoutMore);
    } finally {
      if (welcome === this.welcome) this.set({ loadingOlder: false });
    }
  }

  /** Loads the participants who did not fit into the welcome. */
  private async people(client: SessionClient): Promise<void> {
    const { welcome } = this;
    if (welcome === this.asking) return;
    this.asking = welcome;
    try {
      for (let missing; (missing = this.state.room?.missing) && welcome === this.welcome;) {
        const page = await client.participantsAfter(missing.after, peoplePerPage);
        this.flush(); // received events are older than the page
        this.changeIf(welcome, (room) => withPeople(room, page));
      }
    } catch {
      // The next connection tries again.
    } finally {
      if (welcome === this.asking) this.asking = null;
    }
  }

  /** Loads the complete form of a waiting item that the welcome cut. */
  async whole(client: SessionClient, which: Commands["item"]["payload"]): Promise<void> {
    const answer = await client.do("item", which);
    this.change((room) => withWhole(room, answer));
  }

  /** Loads the events after the shown ones, if these are not the newest. */
  async newer(client: SessionClient): Promise<void> {
    const { room, loadingNewer } = this.state;
    const last = room?.past?.events.at(-1);
    if (!last || loadingNewer) return;
    const { welcome } = this;
    this.set({ loadingNewer: true });
    try {
      const over = client.connection.state === "closed";
      const h = await (over
        ? client.archive({ cursor: last.cursor, limit: eventsPerPage })
        : client.history({ after: last.cursor, limit: eventsPerPage }));
      this.flush(); // received events are older than what follows
      this.changeIf(welcome, (room) => {
        if (room.past?.events.at(-1)?.cursor !== last.cursor) return room;
        return h.gap ? toNewest(room) : append(room, h.events);
      });
    } catch {
      // Reaching the end of the list, or its button, tries again.
    } finally {
      if (welcome === this.welcome) this.set({ loadingNewer: false });
    }
  }

  /** Shows the newest events. */
  toNewest = (): void => {
    this.reading = false;
    this.change(toNewest);
  };

  // Events arrive in bursts. Each burst is rendered once.
  private queue(e: SessionEvent): void {
    this.waiting.push(e);
    if (this.cancelFlush) return;
    const wait = this.pace.wait(performance.now());
    if (document.hidden) this.later(Math.max(wait, hiddenPauseMs), () => this.flush());
    else if (wait > 0) this.later(wait, () => this.atNextFrame());
    else this.atNextFrame();
  }

  private later(ms: number, f: () => void): void {
    const timer = setTimeout(f, ms);
    this.cancelFlush = () => clearTimeout(timer);
  }

  private atNextFrame(): void {
    const frame = requestAnimationFrame((began) => {
      this.flush();
      // The timeout runs right after the frame has been painted.
      setTimeout(() => this.pace.drew(began, performance.now()));
    });
    // A page that becomes hidden gets no frame.
    const timer = setTimeout(() => this.flush(), hiddenPauseMs);
    this.cancelFlush = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = null;
    const events = this.waiting;
    this.waiting = [];
    if (events.length === 0) return;
    this.change((room) => take(room, events, this.reading));
    const { room } = this.state;
    if (room) for (const listener of this.eventsListeners) listener(room, events);
  }

  private typing(id: string, active: boolean): void {
    clearTimeout(this.typists.get(id));
    this.typists.delete(id);
    if (active)
      this.typists.set(
        id,
        setTimeout(() => this.typing(id, false), typingLapsesMs),
      );
    this.change((room) => (active ? startsTyping(room, id) : stopsTyping(room, id)));
  }

  /** Changes the room, unless a gap has replaced it in the meantime. */
  private changeIf(welcome: Welcome | null, f: (room: Room) => Room): void {
    if (welcome === this.welcome) this.change(f);
  }

  private change(f: (room: Room) => Room): void {
    if (this.state.room) this.set({ room: f(this.state.room) });
  }

  /** Calls a listener with each burst of events, and the room after them. */
  onEvents(listener: EventsListener): () => void {
    this.eventsListeners.add(listener);
    return () => this.eventsListeners.delete(listener);
  }

  private set(change: Partial<RoomState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function withoutMore(room: Room): Room {
  return room.past ? { ...room, past: { ...room.past, more: false } } : { ...room, more: false };
}
