import { useEffect, useRef } from "react";

import type { SessionClient } from "parley-client";

// The server lets it lapse after five seconds.
const againMs = 3_000;

/** Tells the others that one types, no more often than it takes. */
export function useTyping(client: SessionClient, live: boolean): (active: boolean) => void {
  const said = useRef(0);
  const say = (active: boolean) => {
    const now = Date.now();
    if (!live || (active ? now - said.current < againMs : said.current === 0)) return;
    said.current = active ? now : 0;
    client.typing(active).catch(() => {
      /* It is no news any more. */
    });
  };
  const latest = useRef(say);
  latest.current = say;
  useEffect(() => () => latest.current(false), []);
  return say;
}
