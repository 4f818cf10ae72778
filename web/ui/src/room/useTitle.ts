import { useEffect, useState } from "react";

import { titleOf } from "../core/api.ts";
import { recall, remember } from "../core/memory.ts";
import { nameOf } from "../core/name.ts";
import { type Room } from "../core/room.ts";
import { marked } from "../core/visible.ts";
import { t } from "../texts.ts";

/**
 * Returns the title of a room: the one that people gave it, or the agent's, or the
 * remembered one, or the host's name.
 */
export function useTitle(room: Room): string {
  const { id, hostSessionId, hostUserId } = room.session;
  const [known] = useState(() => recall(id)?.title);
  const given = useGivenTitle(hostSessionId);
  const own = given === "" ? room.agent.sessionTitle : given;
  const title = marked(own || known || "");
  useEffect(
    () => remember(id, { role: room.me.role, at: Date.now(), ...(title && { title }) }),
    [id, room.me.role, title],
  );
  if (title) return title;
  const host = room.people.find((p) => p.role === "host");
  return t.room.titleBy(host ? nameOf(host) : marked(hostUserId));
}

/** Returns null until it is known. */
function useGivenTitle(hostSession: string): string | null {
  const [title, setTitle] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    void titleOf(hostSession).then((given) => !gone && setTitle(given));
    return () => {
      gone = true;
    };
  }, [hostSession]);
  return title;
}
