import { useLayoutEffect, useState, useSyncExternalStore } from "react";

import { EndFollower } from "./endFollower.ts";

/**
 * Keeps a list at its end unless the user has scrolled up. A list that is not
 * live ends in the past and is not kept there. Returns whether the list is at
 * its end, and what to attach it to.
 */
export function useStick(live: boolean): { atEnd: boolean; follower: EndFollower } {
  const [follower] = useState(() => new EndFollower());
  const { stick } = follower;
  useLayoutEffect(() => stick.setLive(live), [stick, live]);
  const atEnd = useSyncExternalStore(stick.subscribe, stick.isStuck);
  return { atEnd, follower };
}
