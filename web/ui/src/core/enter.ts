/** The Enter key where an input method may be at work. */

interface Key {
  key: string;
  isComposing: boolean;
  keyCode: number;
}

// Safari ends a composition before the key that confirms it comes; only this
// code tells that the input method has taken the key.
const takenByInputMethod = 229;

/** Whether a key is an Enter of its own, and not one that confirms what an input method offers. */
export function sendsOnEnter(e: Key): boolean {
  return e.key === "Enter" && !e.isComposing && e.keyCode !== takenByInputMethod;
}

/** Whether fingers are the first way to point here: then Enter is a new line, and the button sends. */
export function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
