import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";

import { parseLink, type ConnectionState, type Options } from "parley-client";

import { howEnded } from "../core/api.ts";
import { forgetWayBack, newUserId, recall, remember, rememberName } from "../core/memory.ts";
import type { Place } from "../core/place.ts";
import { stateFor, type StateName } from "../core/states.ts";
import { Loading } from "../parts/Loading.tsx";
import { RoomStore } from "../room/store.ts";
import { t } from "../texts.ts";
import { Join, type JoinChoice } from "./Join.tsx";
import { StatePage } from "./StatePage.tsx";

const Room = lazy(() => import("../room/Room.tsx"));

type SessionPlace = Extract<Place, { page: "session" }>;

/** How one comes in: asked first, with an invite and a name, or by one's own way back. */
type Way =
  | { how: "ask"; invite: string }
  | { how: "join"; invite: string; choice: JoinChoice }
  | { how: "return"; participant: { id: string; token: string } }
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
            setWay({ how: "join", invite: way.invite, choice });
          }}
          onStop={(state) => setWay({ how: "stop", state })}
        />
      );
    default:
      return <Inside key={JSON.stringify(way)} session={place.session} way={way} onWay={setWay} />;
  }
}

function firstWay(place: SessionPlace): Way {
  const known = recall(place.session);
  if (place.invite) remember(place.session, { invite: place.invite });
  if (place.participant) {
    remember(place.session, { participant: place.participant });
    hideSecret();
    return { how: "return", participant: place.participant };
  }
  if (known?.participant) return { how: "return", participant: known.participant };
  const invite = place.invite ?? known?.invite;
  return invite ? { how: "ask", invite } : { how: "stop", state: "incomplete" };
}

// Over somebody's shoulder, in a screenshot, in a shared history: the address
// shows no secret longer than it has to.
function hideSecret(): void {
  history.replaceState(null, "", location.pathname);
}

interface InsideProps {
  session: string;
  way: Extract<Way, { how: "join" | "return" }>;
  onWay(way: Way): void;
}

function Inside({ session, way, onWay }: InsideProps) {
  const store = useStore(session, way);
  if (!store) return <Loading />;
  return <Connected session={session} way={way} onWay={onWay} store={store} />;
}

function useStore(session: string, way: InsideProps["way"]): RoomStore | null {
  const [store, setStore] = useState<RoomStore | null>(null);
  useEffect(() => {
    const link = { server: location.origin, session };
    const s =
      way.how === "return"
        ? new RoomStore({ ...link, participant: way.participant }, {})
        : new RoomStore({ ...link, invite: way.invite }, joinOptions(way.choice));
    setStore(s);
    return () => s.close();
  }, [session, way]);
  return store;
}

function joinOptions(choice: JoinChoice): Options {
  return {
    userId: newUserId(choice.name),
    displayName: choice.name,
    role: choice.watch ? "viewer" : "collaborator",
  };
}

function Connected({ session, way, onWay, store }: InsideProps & { store: RoomStore }) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const inside = state.room !== null;
  useEffect(() => {
    if (!inside) return;
    keepWayBack(session, store);
    hideSecret();
  }, [inside, session, store]);

  const c = state.connection;
  const stopped = stoppedBy(c);
  useEffect(() => {
    if (stopped === null) return;
    // A way back that no longer leads in must not be tried again at each visit.
    if (["badCredentials", "left", "removed"].includes(stopped)) forgetWayBack(session);
    const invite = recall(session)?.invite;
    if (!inside && way.how === "return" && ["badCredentials", "left"].includes(stopped) && invite) {
      onWay({ how: "ask", invite });
    } else if (!inside && stopped === "ended") {
      void howEnded(session).then((state) => onWay({ how: "stop", state }));
    } else if (!inside || !["ended", "full"].includes(stopped)) {
      onWay({ how: "stop", state: stopped });
    }
  }, [stopped, inside, session, way, onWay]);

  if (!state.room) {
    return (
      <Loading
        text={c.state === "reconnecting" ? t.connection.reconnecting : t.connection.connecting}
      />
    );
  }
  return (
    <Suspense fallback={<Loading />}>
      <Room store={store} state={{ ...state, room: state.room }} />
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

function keepWayBack(session: string, store: RoomStore): void {
  const link = store.client.link;
  const participant = link && parseLink(link).participant;
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
