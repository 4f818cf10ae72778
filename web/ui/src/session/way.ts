/** How one comes into a session. */

import type { Link, Options } from "parley-client";

import { newUserId, recall, remember } from "../core/memory.ts";
import { server, type Place } from "../core/place.ts";
import type { StateName } from "../core/states.ts";

/** Asked first, with an invite and a name, or by one's own way back. */
export type Way =
  | { how: "ask"; invite: string }
  | { how: "enter"; link: Link; options: Options }
  | { how: "stop"; state: StateName; reason?: string };

export type SessionPlace = Extract<Place, { page: "session" }>;

export interface JoinChoice {
  name: string;
  watch: boolean;
}

const firstPage = 200;

/** firstWay also remembers the secret that the place has, and takes one's own out of the address. */
export function firstWay(place: SessionPlace): Way {
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

export function joining(session: string, invite: string, choice: JoinChoice): Way {
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

export function returning(session: string, participant: { id: string; token: string }): Way {
  const link = { server: server(), session, participant };
  return { how: "enter", link, options: { recent: firstPage } };
}

/** By one's own way back, to read alone: after leaving, or when the session is over. */
export function reading(session: string, participant: { id: string; token: string }): Way {
  const link = { server: server(), session, participant };
  return { how: "enter", link, options: { recent: firstPage, readOnly: true } };
}

// Over somebody's shoulder, in a screenshot, in a shared history: the address
// shows no secret longer than it has to.
export function hideSecret(): void {
  history.replaceState(null, "", location.pathname);
}
