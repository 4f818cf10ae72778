import type { Participant } from "parley-client";

import { marked } from "./visible.ts";

/** Returns the name of a participant, with hidden characters marked. */
export function nameOf(p: Participant): string {
  return marked(p.displayName ?? p.userId);
}
