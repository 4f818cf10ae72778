/** What useSession hears, as a room for React to draw. */

import { ParleyError, type Commands, type SessionClient, type Welcome } from "parley-client";
import type { Handlers } from "parley-client/react";

import {
  enter,
  prepend,
  startsTyping,
  stopsTyping,
  take,
  withPresence,
  withWhole,
  type Room,
} from "../core/room.ts";
import type { SessionEvent } from "../core/wire.ts";
import { toast } from "../parts/toasts.ts";
import { t } from "../texts.ts";

type EventsListener = (room: Room, events: readonly SessionEvent[]) => void;

export interface RoomState {
  room: Room | null;
  loadingOlder: boolean;
}

const olderPage = 500; // as many as the server gives
const typingLapsesMs = 6_000;
// Hidden pages draw nothing, but their title counts on.
const hiddenPauseMs = 200;

/** It connects nothing itself: its handlers are for useSession, and give it all it knows. */
export class RoomStore {
  private state: RoomState = { room: null, loadingOlder: false };
  private readonly listeners = new Set<() => void>();
  private readonly eventsListeners = new Set<EventsListener>();
  private welcome: Welcome | null = null;
  private waiting: SessionEvent[] = [];
  private cancelFlush: (() => void) | null = null;
  private readonly typists = new Map<string, ReturnType<typeof setTimeout>>();

  readonly handlers: Handlers = {
    welcome: (w, client) => {
      this.waiting = [];
      this.welcome = w;
      this.set({ room: enter(w), loadingOlder: false });
      if (w.resume === "gap") toast(t.connection.gap);
      // After a gap the welcome brings no events along.
      if (!w.recent?.length) void this.older(client);
    },
    event: (e) => this.queue(e),
    unknown: (line) => {
      if (typeof line.cursor === "string") this.queue(line as unknown as SessionEvent);
    },
    presence: (p) => this.change((room) => withPresence(room, p.participants)),
    typing: (n) => this.typing(n.participantId, n.active),
    connection: ({ state }) => {
      this.flush();
      // Nobody says any more that they have stopped.
      if (state === "closed") for (const id of this.typists.keys()) this.typing(id, false);
    },
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): RoomState => this.state;

  /** Loads events from before those that are there. */
  async older(client: SessionClient): Promise<void> {
    const { room, loadingOlder } = this.state;
    if (!room?.more || loadingOlder) return;
    const first = room.events[0];
    const { welcome } = this;
    this.set({ loadingOlder: true });
    try {
      const which = { ...(first && { before: first.cursor }), limit: olderPage };
      // A client that has ended with its session asks without a connection.
      const over = client.connection.state === "closed";
      const h = await (over ? client.archive(which) : client.history(which));
      this.change((room) => {
        if (welcome !== this.welcome) return room; // after a gap it is another story
        return h.gap ? { ...room, more: false } : prepend(room, h.events, h.more);
      });
    } catch (error) {
      // One who was removed is told no history; what is there stays.
      if (welcome === this.welcome && !(error instanceof ParleyError && error.retryable))
        this.change((room) => ({ ...room, more: false }));
    } finally {
      if (welcome === this.welcome) this.set({ loadingOlder: false });
    }
  }

  /** Fetches all of something that waits, of which the welcome had the beginning. */
  async whole(client: SessionClient, which: Commands["item"]["payload"]): Promise<void> {
    const answer = await client.do("item", which);
    this.change((room) => withWhole(room, answer));
  }

  // Events come in bursts; each burst is drawn once.
  private queue(e: SessionEvent): void {
    this.waiting.push(e);
    if (this.cancelFlush) return;
    if (document.hidden) {
      const timer = setTimeout(() => this.flush(), hiddenPauseMs);
      this.cancelFlush = () => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(() => this.flush());
      // A page that is hidden meanwhile gets no frame.
      const timer = setTimeout(() => this.flush(), hiddenPauseMs);
      this.cancelFlush = () => {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
      };
    }
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = null;
    const events = this.waiting;
    this.waiting = [];
    if (events.length === 0) return;
    this.change((room) => take(room, events));
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

  private change(f: (room: Room) => Room): void {
    if (this.state.room) this.set({ room: f(this.state.room) });
  }

  /** Calls a listener with each burst of events and the room as it is after them. */
  onEvents(listener: EventsListener): () => void {
    this.eventsListeners.add(listener);
    return () => this.eventsListeners.delete(listener);
  }

  private set(change: Partial<RoomState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
