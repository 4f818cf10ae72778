/** What the room's page shows, worked out from what it knows. */

import type { Message, Participant } from "parley-client";

import { findPrompt } from "parley-client/view";
import { nameOf } from "../core/name.ts";
import { mayCancel, type Rights } from "../core/rights.ts";
import { authorById, shownOf, type Room } from "../core/room.ts";
import { marked } from "../core/visible.ts";
import { t } from "../texts.ts";

const maxAnnounced = 300;

export function hasEnded(room: Room): boolean {
  return room.session.status !== "active";
}

/** Reports whether nothing has been said in the room yet. */
export function isQuiet({ session, more, timeline }: Room): boolean {
  return session.status === "active" && !more && timeline.items.every((r) => r.type === "notice");
}

/** Says why the user cannot write. */
export function whyNoWriting(room: Room, disconnected: boolean): string {
  if (hasEnded(room) || disconnected) return t.composer.ended(room.session.status === "expired");
  if (room.readOnly) return t.composer.reading;
  return room.me.role === "viewer" ? t.composer.viewer : t.composer.viewOnly;
}

/** Reports whether the user may stop the turn that runs. Without its prompt only the host may. */
export function mayStopTurn(room: Room, rights: Rights): boolean {
  const { running, items, carried } = room.timeline;
  if (running === null) return false;
  const prompt = items[findPrompt(items, running)] ?? carried[findPrompt(carried, running)];
  return prompt?.type === "prompt" ? mayCancel(rights, room.me, prompt.approval) : rights.host;
}

/** Returns what to read out of what others have written last; "" if the user wrote it. */
export function announcementOf(room: Room): string {
  const last = room.timeline.items.findLast((r) => r.type === "chat" || r.type === "prompt");
  if (!last?.author || last.author.id === room.me.id) return "";
  const name = nameOf(last.author);
  return last.type === "chat"
    ? `${name}: ${marked(last.message.text.slice(0, maxAnnounced))}`
    : t.prompt.proposed(name);
}

/** Returns an author by id. */
export function personIn(room: Room | null, id: string | null): Participant | null {
  return room && id ? authorById(room, id) : null;
}

/** Returns a message by id, as far as it is loaded. */
export function messageIn(room: Room | null, id: string): Message | null {
  for (const items of room ? [shownOf(room).timeline.items, room.timeline.items] : []) {
    const row = items.findLast((r) => r.type === "chat" && r.message.id === id);
    if (row?.type === "chat") return row.message;
  }
  return null;
}
