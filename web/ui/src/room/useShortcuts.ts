import { useEffect, useRef } from "react";

export interface Shortcuts {
  compose(): void;
  toEnd(): void;
  help(): void;
  enabled: boolean;
}

/** Single keys that only move about, while nothing is being written. None of them decides. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const s = latest.current;
      if (
        !s.enabled ||
        e.repeat ||
        e.ctrlKey ||
        e.metaKey ||
        e.altKey ||
        e.defaultPrevented ||
        writes(e.target)
      )
        return;
      if (document.querySelector('[role="dialog"]')) return;
      if (act(e.key, s)) e.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function act(key: string, s: Shortcuts): boolean {
  if (key === "/") s.compose();
  else if (key === "End") s.toEnd();
  else if (key === "?") s.help();
  else return false;
  return true;
}

function writes(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable], [role=menu]") !== null
  );
}
