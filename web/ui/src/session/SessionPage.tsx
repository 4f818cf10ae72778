import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";

import {
  parseLink,
  type ConnectionState,
  type Link,
  type Options,
  type SessionClient,
} from "parley-client";
import { useSession } from "parley-client/react";

import { howEnded } from "../core/api.ts";
import { forgetWayBack, newUserId, recall, remember, rememberName } from "../core/memory.ts";
import { server, type Place } from "../core/place.ts";
import { stateFor, type StateName } from "../core/states.ts";
import { Loading } from "../parts/Loading.tsx";
import { RoomStore } from "../room/store.ts";
import { t } from "../texts.ts";
import { Join, type JoinChoice } from "./Join.tsx";
import { StatePage } from "./StatePage.tsx";

const Room = lazy(() => import("../room/Room.tsx"));

const firstPage = 200;

type SessionPlace = Extract<Place, { page: "session" }>;

/** How one comes in: asked first, with an invite and a name, or by one's own way back. */
type Way =
  | { how: "ask"; invite: string }
  | { how: "enter"; link: Link; options: Options }
  | { how: "stop"; state: StateName };

export default function SessionPage({ place }: { place: SessionPlace }) {
  const [way, setWay] = useState<Way>(() => firstWay(place));
  switch (way.how) {
    case "stop":
      return (
        <Stopped
          session={place.session}
          state={way.state}
          onAsk={(invite) => setWay({ how: "ask", invite })}
        />
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
  if (place.invite) remember(place.session, { invite: place.invite });
  if (place.participant) {
    remember(place.session, { participant: place.participant });
    hideSecret();
    return returning(place.session, place.participant);
  }
  if (known?.participant) return returning(place.session, known.participant);
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
  const { room, loadingOlder } = useSyncExternalStore(store.subscribe, store.snapshot);
  const inside = room !== null;
  useEffect(() => {
    if (!inside || !client) return;
    keepWayBack(session, client);
    hideSecret();
  }, [inside, session, client]);

  const stopped = stoppedBy(connection);
  useEffect(() => {
    if (stopped === null) return;
    // A way back that no longer leads in must not be tried again at each visit.
    if (["badCredentials", "left", "removed"].includes(stopped)) forgetWayBack(session);
    const invite = recall(session)?.invite;
    if (!inside && way.link.participant && ["badCredentials", "left"].includes(stopped) && invite) {
      onWay({ how: "ask", invite });
    } else if (!inside && stopped === "ended") {
      void howEnded(session).then((state) => onWay({ how: "stop", state }));
    } else if (!inside || !["ended", "full"].includes(stopped)) {
      onWay({ how: "stop", state: stopped });
    }
  }, [stopped, inside, session, way, onWay]);

  if (!room || !client) {
    const { connecting, lost, again } = t.connection;
    return <Loading text={connection.state === "reconnecting" ? lost + again : connecting} />;
  }
  return (
    <Suspense fallback={<Loading />}>
      <Room
        store={store}
        room={room}
        loadingOlder={loadingOlder}
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

function keepWayBack(session: string, client: SessionClient): void {
  const participant = client.link && parseLink(client.link).participant;
  if (participant) remember(session, { participant, at: Date.now() });
}

function Stopped({
  session,
  state,
  onAsk,
}: {
  session: string;
  state: StateName;
  onAsk(invite: string): void;
}) {
  const known = recall(session);
  const invite = known?.invite;
  if (state === "full" && known?.participant)
    return <StatePage state={state} onAgain={() => location.reload()} />;
  const again = invite && ["left", "taken", "full", "failed", "badCredentials"].includes(state);
  return <StatePage state={state} onAgain={again ? () => onAsk(invite) : undefined} />;
}
