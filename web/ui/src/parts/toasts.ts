/** Short messages at the edge of the page. */

import { useSyncExternalStore } from "react";

import { t } from "../texts/outside.ts";

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();
const staysMs = 6_000;

function set(list: readonly Toast[]): void {
  toasts = list;
  for (const l of listeners) l();
}

export function toast(text: string, bad = false): void {
  const id = next++;
  set([...toasts.slice(-3), { id, text, bad }]);
  setTimeout(() => dismiss(id), staysMs);
}

export function dismiss(id: number): void {
  set(toasts.filter((o) => o.id !== id));
}

/** Shows that something failed, in the application's words if it knows the error. */
export function toastError(error: unknown): void {
  toast(errorText(error), true);
}

/** Returns what to say about an error, as a sentence. */
export function errorText(error: unknown): string {
  const code =
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : "";
  return t.errors.byCode[code] ?? (sentence(message) || t.errors.generic);
}

/** The server's messages begin in lower case and end without a full stop. */
function sentence(message: string): string {
  const begun = message.slice(0, 1).toUpperCase() + message.slice(1);
  return begun === "" || /[.!?:…]$/.test(begun) || begun.includes("\n") ? begun : `${begun}.`;
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => toasts,
  );
}
