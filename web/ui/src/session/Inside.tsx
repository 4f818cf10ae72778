import "../styles/mantine.ts";

import { useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";

import { isKnownEvent, parseLink, type ConnectionState, type SessionClient } from "parley-client";
import { useSession } from "parley-client/react";

import { howEnded } from "../core/api.ts";
import { forgetParticipant, recall, remember } from "../core/memory.ts";
import { asPerson } from "../core/operator.ts";
import type { Room } from "../core/room.ts";
import { reasonIn, stateFor, type StateName } from "../core/states.ts";
import { Loading } from "../parts/Loading.tsx";
import { preloadWhenIdle } from "../parts/lazily.tsx";
import { Room as RoomPage } from "../room/Room.tsx";
import { RoomStore } from "../room/store.ts";
import { t } from "../texts.ts";
import { accessAfter, type Access } from "./access.ts";
import { hideSecret } from "./openPlace.ts";

interface InsideProps {
  access: Extract<Access, { how: "enter" }>;
  onAccess(access: Access): void;
}

/** Connects to a session and shows the room once the server has welcomed the user. */
export default function Inside({ access, onAccess }: InsideProps) {
  const [store] = useState(() => new RoomStore());
  const options = useMemo(() => ({ ...access.options, ...asPerson }), [access.options]);
  const { session: client, connection } = useSession(access.link, options, store.handlers);
  const { room, loadingOlder, loadingNewer } = useSyncExternalStore(
    store.subscribe,
    store.snapshot,
  );
  const inside = room !== null;
  const { session } = access.link;
  useEffect(() => {
    if (!inside || !client) return;
    rememberParticipant(session, client, access.options.readOnly === true);
    hideSecret();
  }, [inside, session, client, access]);

  useEffect(() => {
    if (inside) preloadWhenIdle();
  }, [inside]);

  const stopped = stoppedBy(connection);
  const onStopped = useEffectEvent((state: StateName) => {
    const { invite } = recall(session) ?? {};
    // Credentials that are no longer valid must not be tried at the next visit.
    if (["badCredentials", "removed"].includes(state)) forgetParticipant(session);
    if (state === "left") remember(session, { left: true });
    const { participant } = access.link;
    const readOnly = access.options.readOnly === true;
    const reason = reasonOfRemoval(connection, room);
    const next = accessAfter({ session, state, reason, inside, participant, readOnly, invite });
    if (next === "ended")
      void howEnded(session, invite).then((how) => onAccess({ how: "stop", state: how }));
    else if (next) onAccess(next);
  });
  useEffect(() => {
    if (stopped !== null) onStopped(stopped);
  }, [stopped, inside]);

  if (!room || !client) {
    const { connecting, lost, again } = t.connection;
    return <Loading text={connection.state === "reconnecting" ? lost + again : connecting} />;
  }
  return (
    <RoomPage
      key={room.me.id}
      store={store}
      room={room}
      loadingOlder={loadingOlder}
      loadingNewer={loadingNewer}
      client={client}
      connection={connection}
    />
  );
}

/** Returns why the user is not in the session and waiting does not help; null otherwise. */
function stoppedBy(c: ConnectionState): StateName | null {
  if (c.state === "closed" && c.reason !== "closed") return stateFor(c.reason, c.error.code);
  // The client would retry forever behind a blank page.
  const full = c.state === "connecting" && c.error?.code === "TOO_MANY_PARTICIPANTS";
  return full ? "full" : null;
}

/** Returns the reason from the event, which is whole; the close frame has room for its beginning. */
function reasonOfRemoval(c: ConnectionState, room: Room | null): string {
  const event = room?.events.findLast((e) => e.type === "participant_left");
  if (event && isKnownEvent(event) && event.type === "participant_left") {
    const { participant, removedBy, reason } = event.payload;
    if (participant.id === room?.me.id && removedBy) return reason ?? "";
  }
  return c.state === "closed" ? reasonIn(c.error.message) : "";
}

function rememberParticipant(session: string, client: SessionClient, readOnly: boolean): void {
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
