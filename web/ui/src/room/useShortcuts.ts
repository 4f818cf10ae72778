import { useEffect, useEffectEvent } from "react";

import { shortcutOf, type Shortcut } from "../core/shortcuts.ts";

/** Calls the handlers of single keys while they are enabled and the user is not writing. */
export function useShortcuts(enabled: boolean, handlers: Record<Shortcut, () => void>): void {
  const onKey = useEffectEvent((e: KeyboardEvent) => {
    const shortcut = enabled && !isWriting(e.target) ? shortcutOf(e) : null;
    if (!shortcut || document.querySelector('[role="dialog"]')) return;
    handlers[shortcut]();
    e.preventDefault();
  });
  useEffect(() => {
    const listener = (e: KeyboardEvent) => onKey(e);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable], [role=menu]") !== null
  );
}
