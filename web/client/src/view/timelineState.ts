import type { PlanEntry } from "./acp.js";
import type { Item } from "./items.js";
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

export const emptyTimeline: Timeline = {
  items: [],
  first: null,
  running: null,
  since: null,
  start: 0,
  open: -1,
  plan: undefined,
  strays: [],
  carried: [],
  cut: false,
};
