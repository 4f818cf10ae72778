import "../styles/room.ts";

import { useEffect, useState, useSyncExternalStore } from "react";

import { isKnownEvent, parseLink, type ConnectionState, type SessionClient } from "parley-client";
import { useSession } from "parley-client/react";

import { howEnded } from "../core/api.ts";
import { forgetWayBack, recall, remember } from "../core/memory.ts";
import type { Room } from "../core/room.ts";
import { reasonIn, stateFor, type StateName } from "../core/states.ts";
import { Loading } from "../parts/Loading.tsx";
import { Room as RoomPage } from "../room/Room.tsx";
import { RoomStore } from "../room/store.ts";
import { t } from "../texts.ts";
import { hideSecret, reading, type Way } from "./way.ts";

interface InsideProps {
  way: Extract<Way, { how: "enter" }>;
  onWay(way: Way): void;
}

/** The connection to a session, and the room once it is there. */
export default function Inside({ way, onWay }: InsideProps) {
  const { session } = way.link;
  const [store] = useState(() => new RoomStore());
  const { session: client, connection } = useSession(way.link, way.options, store.handlers);
  const { room, loadingOlder, loadingNewer } = useSyncExternalStore(
    store.subscribe,
    store.snapshot,
  );
  const inside = room !== null;
  useEffect(() => {
    if (!inside || !client) return;
    keepWayBack(session, client, way.options.readOnly === true);
    hideSecret();
  }, [inside, session, client, way]);

  const stopped = stoppedBy(connection);
  useEffect(() => {
    if (stopped === null) return;
    const { participant } = way.link;
    // A way back that no longer leads in must not be tried again at each visit.
    if (["badCredentials", "removed"].includes(stopped)) forgetWayBack(session);
    if (stopped === "left") remember(session, { left: true });
    const invite = recall(session)?.invite;
    if (!inside && participant && stopped === "badCredentials" && invite) {
      onWay({ how: "ask", invite });
    } else if (!inside && stopped === "ended" && participant && !way.options.readOnly) {
      onWay(reading(session, participant));
    } else if (!inside && stopped === "ended") {
      void howEnded(session, invite).then((state) => onWay({ how: "stop", state }));
    } else if (!inside || !["ended", "full"].includes(stopped)) {
      const reason = stopped === "removed" ? whyRemoved(connection, room) : "";
      onWay({ how: "stop", state: stopped, ...(reason && { reason }) });
    }
  }, [stopped, inside, session, way, onWay]);

  if (!room || !client) {
    const { connecting, lost, again } = t.connection;
    return <Loading text={connection.state === "reconnecting" ? lost + again : connecting} />;
  }
  return (
    <RoomPage
      store={store}
      room={room}
      loadingOlder={loadingOlder}
      loadingNewer={loadingNewer}
      client={client}
      connection={connection}
    />
  );
}

/** Why one is not inside, and will not be by waiting. */
function stoppedBy(c: ConnectionState): StateName | null {
  if (c.state === "closed" && c.reason !== "closed") return stateFor(c.reason, c.error.code);
  // The client would try for ever, and somebody would look at a blank page.
  const full = c.state === "connecting" && c.error?.code === "TOO_MANY_PARTICIPANTS";
  return full ? "full" : null;
}

/** What all others were told too. The close of a connection has room for its beginning alone. */
function whyRemoved(c: ConnectionState, room: Room | null): string {
  const told = room?.events.findLast((e) => e.type === "participant_left");
  if (told && isKnownEvent(told) && told.type === "participant_left") {
    const { participant, removedBy, reason } = told.payload;
    if (participant.id === room?.me.id && removedBy) return reason ?? "";
  }
  return c.state === "closed" ? reasonIn(c.error.message) : "";
}

function keepWayBack(session: string, client: SessionClient, readOnly: boolean): void {
  const participant = client.link && parseLink(client.link).participant;
  if (!participant) return;
  const inviteSince = recall(session)?.inviteSince ?? client.cursor;
  remember(session, {
    participant,
    at: Date.now(),
    ...(inviteSince && { inviteSince }),
    ...(!readOnly && { left: false }),
  });
}
