import { useId, useState, type KeyboardEvent, type RefObject } from "react";

import { accept, suggestAct, type Suggestion, type Suggestions as All } from "../core/suggest.ts";
import { optionId } from "./Suggestions.tsx";

interface Options {
  setCursor(at: number): void;
  area: RefObject<HTMLTextAreaElement | null>;
  text: string;
  write(text: string): void;
  /** What can replace the word at the cursor; null for nothing. */
  found: All | null;
}

/** Suggests what the user may be typing, and handles the keys that choose a suggestion. */
export function useSuggestions({ area, text, write, found, setCursor }: Options) {
  const id = useId();
  const [chosen, setActive] = useState(0);
  // The text for which the user has closed the list.
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const all = text === closedFor ? null : found;
  const active = all ? Math.min(chosen, all.list.length - 1) : 0;

  const choose = (s: Suggestion) => {
    if (!all) return;
    const next = accept(text, all, s);
    write(next.text);
    setCursor(next.cursor);
    setActive(0);
    const field = area.current;
    field?.focus();
    // The field has the new text only after the next rendering.
    requestAnimationFrame(() => field?.setSelectionRange(next.cursor, next.cursor));
  };
  /** Handles a key. Returns whether the composer must ignore it. */
  const onKey = (e: KeyboardEvent): boolean => {
    const act = all ? suggestAct(e.nativeEvent) : null;
    if (!all || act === null) return false;
    e.preventDefault();
    const { length } = all.list;
    if (act === "next") setActive((active + 1) % length);
    else if (act === "previous") setActive((active + length - 1) % length);
    else if (act === "close") setClosedFor(text);
    else if (!e.repeat) choose(all.list[active]!);
    return true;
  };
  const onWrite = (value: string, at: number) => {
    write(value);
    setCursor(at);
    setActive(0);
    setClosedFor(null);
  };
  return {
    list: all && { id, all, active, onActive: setActive, onChoose: choose },
    onKey,
    onWrite,
    onSelect: setCursor,
    onBlur: () => setClosedFor(text),
    attributes: {
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-controls": all ? id : undefined,
      "aria-activedescendant": all ? optionId(id, active) : undefined,
    } as const,
  };
}
