/** The Enter key, with an input method that may be composing. */

interface Key {
  key: string;
  isComposing: boolean;
  keyCode: number;
}

// Safari ends a composition before the key event that confirms it. Only this code
// tells that the input method has consumed the key.
const consumedByInputMethod = 229;

/** Reports whether a key is an Enter that does not confirm the suggestion of an input method. */
export function sendsOnEnter(e: Key): boolean {
  return e.key === "Enter" && !e.isComposing && e.keyCode !== consumedByInputMethod;
}

/** Reports whether the main pointer is a finger: then Enter starts a new line, and a button sends. */
export function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
