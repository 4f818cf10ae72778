import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";

import {
  isKnownEvent,
  parseLink,
  type ConnectionState,
  type Link,
  type Options,
  type SessionClient,
} from "parley-client";
import { useSession } from "parley-client/react";

import { howEnded } from "../core/api.ts";
import {
  forgetWayBack,
  newUserId,
  recall,
  remember,
  rememberName,
  type Remembered,
} from "../core/memory.ts";
import { server, type Place } from "../core/place.ts";
import type { Room } from "../core/room.ts";
import { reasonIn, stateFor, type StateName } from "../core/states.ts";
import { Loading } from "../parts/Loading.tsx";
import { RoomStore } from "../room/store.ts";
import { t } from "../texts.ts";
import { Join, type JoinChoice } from "./Join.tsx";
import { StatePage, type Choice } from "./StatePage.tsx";

const RoomPage = lazy(() => import("../room/Room.tsx"));

const firstPage = 200;

type SessionPlace = Extract<Place, { page: "session" }>;

/** How one comes in: asked first, with an invite and a name, or by one's own way back. */
type Way =
  | { how: "ask"; invite: string }
  | { how: "enter"; link: Link; options: Options }
  | { how: "stop"; state: StateName; reason?: string };

export default function SessionPage({ place }: { place: SessionPlace }) {
  const [way, setWay] = useState<Way>(() => firstWay(place));
  switch (way.how) {
    case "stop":
      return (
        <Stopped session={place.session} state={way.state} reason={way.reason} onWay={setWay} />
      );
    case "ask":
      return (
        <Join
          session={place.session}
          onJoin={(choice) => {
            rememberName(choice.name);
            setWay(joining(place.session, way.invite, choice));
          }}
          onStop={(state) => setWay({ how: "stop", state })}
        />
      );
    default:
      return <Inside key={JSON.stringify(way)} way={way} onWay={setWay} />;
  }
}

function firstWay(place: SessionPlace): Way {
  const known = recall(place.session);
  if (place.invite && place.invite !== known?.invite)
    remember(place.session, { invite: place.invite, inviteSince: undefined });
  if (place.participant) {
    remember(place.session, { participant: place.participant, left: false });
    hideSecret();
    return returning(place.session, place.participant);
  }
  if (known?.participant && !known.left) return returning(place.session, known.participant);
  // An invite brings a guest back; the host comes back as the same person.
  if (known?.participant && (known.role === "host" || !place.invite))
    return { how: "stop", state: "left" };
  const invite = place.invite ?? known?.invite;
  return invite ? { how: "ask", invite } : { how: "stop", state: "incomplete" };
}

function joining(session: string, invite: string, choice: JoinChoice): Way {
  return {
    how: "enter",
    link: { server: server(), session, invite },
    options: {
      recent: firstPage,
      userId: newUserId(choice.name),
      displayName: choice.name,
      role: choice.watch ? "viewer" : "collaborator",
    },
  };
}

function returning(session: string, participant: { id: string; token: string }): Way {
  const link = { server: server(), session, participant };
  return { how: "enter", link, options: { recent: firstPage } };
}

/** By one's own way back, to read alone: after leaving, or when the session is over. */
function reading(session: string, participant: { id: string; token: string }): Way {
  const link = { server: server(), session, participant };
  return { how: "enter", link, options: { recent: firstPage, readOnly: true } };
}

// Over somebody's shoulder, in a screenshot, in a shared history: the address
// shows no secret longer than it has to.
function hideSecret(): void {
  history.replaceState(null, "", location.pathname);
}

interface InsideProps {
  way: Extract<Way, { how: "enter" }>;
  onWay(way: Way): void;
}

function Inside({ way, onWay }: InsideProps) {
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
      void howEnded(session).then((state) => onWay({ how: "stop", state }));
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
    <Suspense fallback={<Loading />}>
      <RoomPage
        store={store}
        room={room}
        loadingOlder={loadingOlder}
        loadingNewer={loadingNewer}
        client={client}
        connection={connection}
      />
    </Suspense>
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

interface StoppedProps {
  session: string;
  state: StateName;
  reason: string | undefined;
  onWay(way: Way): void;
}

function Stopped({ session, state, reason, onWay }: StoppedProps) {
  const known = recall(session);
  const left = state === "left" && known?.role === "host" ? "leftHost" : state;
  return <StatePage state={left} reason={reason} choices={choices(session, left, known, onWay)} />;
}

/** What one can do next, the likeliest first. */
function choices(
  session: string,
  state: StateName,
  known: Remembered | null,
  onWay: (way: Way) => void,
): Choice[] {
  const { participant, invite } = known ?? {};
  const list: Choice[] = [];
  const ask = invite && (() => onWay({ how: "ask", invite }));
  if (state === "protocol") list.push({ label: t.state.reload, act: () => location.reload() });
  if (state === "leftHost" && participant)
    list.push({ label: t.state.comeBack, act: () => onWay(returning(session, participant)) });
  else if (state === "full" && participant)
    list.push({ label: t.retry, act: () => location.reload() });
  else if (ask && state === "taken") list.push({ label: t.state.anotherName, act: ask });
  else if (ask && (state === "full" || state === "failed")) list.push({ label: t.retry, act: ask });
  else if (ask && (state === "left" || state === "badCredentials"))
    list.push({ label: t.state.rejoin, act: ask });
  if (participant && (state === "left" || state === "leftHost"))
    list.push({ label: t.state.read, act: () => onWay(reading(session, participant)) });
  return list;
}
