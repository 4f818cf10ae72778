/** The single keys of a room. They only move about; none of them decides anything. */

export type Shortcut = "compose" | "toEnd" | "help";

const shortcuts: Readonly<Record<string, Shortcut>> = { "/": "compose", End: "toEnd", "?": "help" };

/** What a key event tells of itself. */
export type Key = Pick<
  KeyboardEvent,
  "key" | "repeat" | "ctrlKey" | "metaKey" | "altKey" | "defaultPrevented"
>;

/** Returns what a key does; null for a key that is held down, modified, taken, or means nothing. */
export function shortcutOf(e: Key): Shortcut | null {
  if (e.repeat || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return null;
  return Object.hasOwn(shortcuts, e.key) ? shortcuts[e.key]! : null;
}
