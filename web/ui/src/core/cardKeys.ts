/** Which keys press the buttons of a card that is decided on. */

/** The kind of field that a key is typed into. */
export type Field = "none" | "line" | "area";

type Key = Pick<KeyboardEvent, "key" | "repeat" | "ctrlKey" | "metaKey" | "altKey">;

/** Returns the hotkey of a button in lower case; null if the key must not press any. */
export function hotkeyOf(e: Key, field: Field): string | null {
  if (field !== "none" || e.repeat || e.ctrlKey || e.metaKey || e.altKey) return null;
  return /^[a-z0-9]$/i.test(e.key) ? e.key.toLowerCase() : null;
}

/** Reports whether a key must have no effect because it is held down: it would press button after button. */
export function mustDrop(e: Pick<Key, "key" | "repeat">, field: Field): boolean {
  if (!e.repeat) return false;
  if (field === "none") return e.key === "Enter" || e.key === " " || e.key.length === 1;
  return field === "line" && e.key === "Enter";
}
