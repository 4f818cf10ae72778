import { Suspense, useState } from "react";

import { recall, rememberName, type Remembered } from "../core/memory.ts";
import type { StateName } from "../core/states.ts";
import { Loading } from "../parts/Loading.tsx";
import { t } from "../texts.ts";
import { Join } from "./Join.tsx";
import { later } from "./later.tsx";
import { StatePage, type Choice } from "./StatePage.tsx";
import { firstWay, joining, reading, returning, type SessionPlace, type Way } from "./way.ts";

const loadInside = () => import("./Inside.tsx");
const Inside = later(loadInside);

/** What a link into a session leads to. */
export function SessionPage({ place }: { place: SessionPlace }) {
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
          invite={way.invite}
          onUse={() => void loadInside().catch(() => {})}
          onJoin={(choice) => {
            rememberName(choice.name);
            setWay(joining(place.session, way.invite, choice));
          }}
          onStop={(state) => setWay({ how: "stop", state })}
        />
      );
    default:
      return (
        <Suspense fallback={<Loading text={t.connection.connecting} />}>
          <Inside key={JSON.stringify(way)} way={way} onWay={setWay} />
        </Suspense>
      );
  }
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
