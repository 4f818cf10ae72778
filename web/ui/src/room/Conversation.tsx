import type { Ref } from "react";

import type { Item } from "parley-client/view";
import type { Unsent } from "../core/outbox.ts";
import type { Rights } from "../core/rights.ts";
import { shownOf, type Room } from "../core/room.ts";
import { isFull } from "parley-client/view";
import { useTools } from "./context.ts";
import { Quiet } from "./Quiet.tsx";
import { isQuiet } from "./roomView.ts";
import { Timeline, type TimelineHandle } from "./Timeline.tsx";
import { useUnsent } from "./useUnsent.ts";

interface Props {
  room: Room;
  /** The rows of the newest events. */
  items: readonly Item[];
  rights: Rights;
  loadingOlder: boolean;
  loadingNewer: boolean;
  onPutBack(unsent: Unsent): void;
  onInvite(): void;
  handle: Ref<TimelineHandle>;
}

/** What happens in the room: its newest events, or the past that the user reads. */
export function Conversation({ room, items, rights, ...props }: Props) {
  const { store, client, writing } = useTools();
  const unsent = useUnsent(writing, room);
  const shown = shownOf(room);
  if (items.length === 0) return <div className="timeline" aria-busy="true" />;
  return (
    <Timeline
      session={room.session.id}
      items={room.past ? room.past.timeline.items : items}
      newest={items}
      meId={room.me.id}
      more={shown.more}
      past={room.past !== null}
      full={isFull(shown)}
      loadingOlder={props.loadingOlder}
      onOlder={() => void store.older(client)}
      loadingNewer={props.loadingNewer}
      onNewer={() => void store.newer(client)}
      onNewest={store.toNewest}
      onRead={store.read}
      unsent={unsent}
      writes={{ chat: rights.talk, prompt: rights.prompt !== "no" }}
      onPutBack={props.onPutBack}
      hint={isQuiet(room) && <Quiet rights={rights} onInvite={props.onInvite} />}
      handle={props.handle}
    />
  );
}
