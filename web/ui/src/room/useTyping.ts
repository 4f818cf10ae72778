import { useEffect, useEffectEvent, useState } from "react";

import type { SessionClient } from "parley-client";

import { TypingNotice } from "../core/typing.ts";

/** Returns a function that tells the others whether the user types. It takes that back on unmount. */
export function useTyping(client: SessionClient, live: boolean): (active: boolean) => void {
  const [notice] = useState(() => new TypingNotice());
  const tell = (active: boolean) => {
    if (!live || !notice.shouldSend(active, Date.now())) return;
    client.typing(active).catch(() => {
      /* By now it is out of date. */
    });
  };
  const stop = useEffectEvent(() => tell(false));
  useEffect(() => () => stop(), []);
  return tell;
}
