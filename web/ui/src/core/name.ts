import type { Participant } from "parley-client";

import { marked } from "./visible.ts";

/** The name of a participant, in which nothing is hidden. */
export function nameOf(p: Participant): string {
  return marked(p.displayName ?? p.userId);
}
