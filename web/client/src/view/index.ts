/**
 * What people see of a session: a pure fold of its events into rows. Load the newest
 * events with load(), add further ones with loadAfter(), and older pages with
 * loadBefore(). Unchanged rows stay the same objects.
 */

export { readOptions, type PermissionOption, type PlanEntry, type Usage } from "./acp.js";
export { readBlock, type Block } from "./blocks.js";
export { findPermission, findPrompt } from "./find.js";
export { load, loadAfter, loadBefore, type Loaded } from "./history.js";
export { toolIdOf } from "./foldTools.js";
export * from "./items.js";
export { isObject } from "./json.js";
export { withKnown } from "./known.js";
export { callOf, completed, isDiff, noCall } from "./merge.js";
export type { Move, Notice } from "./notices.js";
export { sizeOf, sizeOfAll } from "./size.js";
export { amend, apply, emptyTimeline, fold, type Timeline } from "./timeline.js";
export {
  bounds,
  eventsPerPage,
  isFull,
  isOver,
  withoutNewest,
  withoutOldest,
  type Bounds,
} from "./window.js";
export type { TerminalExit } from "./terminals.js";
export { ownTurn } from "./turns.js";
export {
  readToolFields,
  type FileChange,
  type Place,
  type ToolContent,
  type ToolStatus,
} from "./tools.js";
