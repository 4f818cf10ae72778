import type { PlanEntry, Usage } from "./acp.js";
import type { Item } from "./items.js";
import type { Place } from "./tools.js";
import type { SessionEvent } from "./wire.js";

/** What happened in a stretch of a session, as rows, and the state that further events need. */
export interface Timeline {
  readonly items: readonly Item[];
  /** The approval whose turn ran before the first event, as far as is known. */
  readonly first: string | null;
  /** The approval whose turn runs after the last event. */
  readonly running: string | null;
  /** When that turn began; null if it began before the first event. */
  readonly since: number | null;
  /** The index of the first row of that turn, or of the first row after the last turn. */
  readonly start: number;
  /** The index of the row that the agent's next words may continue; -1 for none. */
  readonly open: number;
  /** The newest plan of the agent; null in a turn without one, undefined if unknown. */
  readonly plan: readonly PlanEntry[] | null | undefined;
  /** Where the agent looks in its turn; null if it has not told. */
  readonly looksAt: Place | null;
  /** What the agent reported last in its turn; null if nothing. */
  readonly usage: Usage | null;
  /** What later events are compared with. */
  readonly facts: Facts;
  /** What the events refer to but was not found among them. */
  readonly lacks: readonly Lack[];
  /** Events that concern rows of earlier turns, or rows from before the first event. */
  readonly strays: readonly SessionEvent[];
  /**
   * Rows from before the first event that later events may still change: unsettled
   * prompts and questions, and unfinished tool calls of the running turn.
   */
  readonly carried: readonly Item[];
  /** Whether older events were dropped, so that more is known than the events tell. */
  readonly cut: boolean;
}

/** What is known about the agent's session. A missing member is unknown. */
export interface Facts {
  title?: string;
  mode?: string;
  /** The values of the agent's options as JSON, by id. */
  options?: Readonly<Record<string, string>>;
}

/** Something that an event refers to but was not found. */
export interface Lack {
  /** The cursor of the event. */
  cursor: string;
  /** The kind and the id, as keysOf in find.ts returns them. */
  key: string;
}

/** The timeline of a session of which no event is known. */
export const emptyTimeline: Timeline = {
  items: [],
  first: null,
  running: null,
  since: null,
  start: 0,
  open: -1,
  plan: undefined,
  looksAt: null,
  usage: null,
  facts: {},
  lacks: [],
  strays: [],
  carried: [],
  cut: false,
};
