import { Suspense, useState } from "react";

import { formatLink } from "parley-client";

import { leaveToSignIn } from "../core/operator.ts";

import { certificate, server } from "../core/place.ts";
import { recall, rememberName, type Remembered } from "../core/memory.ts";
import type { StateName } from "../core/states.ts";
import { Loading } from "../parts/Loading.tsx";
import { t } from "../texts/outside.ts";
import {
  firstAccess,
  joining,
  reading,
  returning,
  type Access,
  type SessionPlace,
} from "./access.ts";
import { Join } from "./Join.tsx";
import { later } from "./later.tsx";
import { StatePage, type Choice } from "./StatePage.tsx";

const loadInside = () => import("./Inside.tsx");
const Inside = later(loadInside);

/** The page of a session's address: asks for a name, shows the room, or says why it cannot. */
export function SessionPage({ place }: { place: SessionPlace }) {
  const { session } = place;
  const [access, setAccess] = useState(() => firstAccess(place, recall(session)));
  switch (access.how) {
    case "stop":
      return (
        <Stopped
          session={session}
          state={access.state}
          reason={access.reason}
          onAccess={setAccess}
        />
      );
    case "ask":
      return (
        <Join
          session={session}
          invite={access.invite}
          again={access.again ?? false}
          onUse={() => void loadInside().catch(() => {})}
          onJoin={(choice) => {
            rememberName(choice.name);
            setAccess(joining(session, access.invite, choice));
          }}
          onStop={(state) => setAccess({ how: "stop", state })}
        />
      );
    default:
      return (
        <Suspense fallback={<Loading text={t.connection.connecting} />}>
          <Inside key={JSON.stringify(access)} access={access} onAccess={setAccess} />
        </Suspense>
      );
  }
}

interface StoppedProps {
  session: string;
  state: StateName;
  reason: string | undefined;
  onAccess(access: Access): void;
}

function Stopped({ session, state, reason, onAccess }: StoppedProps) {
  const known = recall(session);
  const left = state === "left" && known?.role === "host" ? "leftHost" : state;
  return (
    <StatePage
      state={left}
      session={state === "left" ? known?.title : undefined}
      reason={reason}
      choices={choices(session, left, known, onAccess)}
    />
  );
}

/** Leaves to sign in, and comes back to the session. */
function signInFor(session: string, known: Remembered | null): void {
  const { participant, invite } = known ?? {};
  const key = participant ? { participant } : { invite: invite ?? "" };
  const link = formatLink({ server: server(), session, ...key, ...certificate() });
  leaveToSignIn(link);
}

/** Returns what the user can do next, the most likely choice first. */
function choices(
  session: string,
  state: StateName,
  known: Remembered | null,
  onAccess: (access: Access) => void,
): Choice[] {
  const { participant, invite } = known ?? {};
  const list: Choice[] = [];
  const ask = invite && (() => onAccess({ how: "ask", invite }));
  const askAgain = invite && (() => onAccess({ how: "ask", invite, again: true }));
  if (state === "signIn")
    list.push({ label: t.state.signInGo, act: () => signInFor(session, known) });
  if (state === "protocol") list.push({ label: t.state.reload, act: () => location.reload() });
  if (state === "leftHost" && participant)
    list.push({ label: t.state.comeBack, act: () => onAccess(returning(session, participant)) });
  else if (state === "full" && participant)
    list.push({ label: t.retry, act: () => location.reload() });
  else if (ask && state === "taken") list.push({ label: t.state.anotherName, act: ask });
  else if (ask && (state === "full" || state === "failed")) list.push({ label: t.retry, act: ask });
  else if (askAgain && (state === "left" || state === "badCredentials"))
    list.push({ label: t.state.rejoin, act: askAgain });
  if (participant && (state === "left" || state === "leftHost"))
    list.push({ label: t.state.read, act: () => onAccess(reading(session, participant)) });
  return list;
}
