/** What people want to be told of while they look elsewhere. */

import { isKnownEvent, type Approval, type Participant } from "parley-client";

import { isMentioned } from "./mention.ts";
import { nameOf } from "./name.ts";
import { personById, type Room } from "./room.ts";
import { t } from "../texts.ts";
import type { SessionEvent } from "./wire.ts";

/**
 * waiting: a proposal or a question that one may decide on, or a question of
 * the agent in one's own turn. decided: somebody decided on one's own proposal.
 * ownTurn: a turn has ended that one began or approved. anyTurn: any has.
 */
export const bellKinds = ["waiting", "decided", "mention", "ownTurn", "anyTurn"] as const;
export type BellKind = (typeof bellKinds)[number];

/** Which of them one wants to be told of. */
export type BellChoice = Readonly<Record<BellKind, boolean>>;

const unlessChosen: BellChoice = {
  waiting: true,
  decided: true,
  mention: true,
  ownTurn: true,
  anyTurn: false, // in a busy session that is every other minute
};

/** readChoice reads what was stored, whatever that is. */
export function readChoice(stored: unknown): BellChoice {
  if (typeof stored !== "object" || stored === null) return unlessChosen;
  const known = Object.entries(stored).filter(
    ([kind, on]) => kind in unlessChosen && typeof on === "boolean",
  );
  return { ...unlessChosen, ...Object.fromEntries(known) };
}

/** Something to tell. A later one with the same tag takes the place of an earlier one. */
export interface Ring {
  kind: BellKind;
  tag: string;
  text: string;
}

interface Turn {
  author: Participant | null;
  /** Whether one began it or approved it. */
  own: boolean;
}

// More prompts than a session can have waiting, running and undecided.
const mostTurns = 500;
// Of what has happened while a connection was lost.
const mostRings = 5;

/** A Bell makes out what to tell somebody of the events of a room. */
export class Bell {
  private readonly turns = new Map<string, Turn>();

  constructor(room: Room) {
    for (const item of room.timeline.items)
      if (item.type === "prompt") this.learn(room, item.approval, item.decidedBy);
    for (const approval of room.pending) this.learn(room, approval, null);
  }

  /** What waits already when one comes in. */
  first(room: Room, decides: boolean): Ring[] {
    if (!decides) return [];
    return [
      ...room.pending.map((a) => proposal(a, personById(room, a.participantId))),
      ...room.permissions.map((p) => question(p.requestId)),
    ].slice(-mostRings);
  }

  /** What some events bring that is worth telling; room is what it was after them. */
  take(room: Room, events: readonly SessionEvent[], decides: boolean): Ring[] {
    return events.flatMap((e) => this.one(room, e, decides) ?? []).slice(-mostRings);
  }

  private one(room: Room, e: SessionEvent, decides: boolean): Ring | null {
    if (!isKnownEvent(e)) return null;
    const { me } = room;
    switch (e.type) {
      case "message_created": {
        const { message, participant } = e.payload;
        if (message.kind === "prompt" || participant.id === me.id) return null;
        const here = room.people.filter((p) => p.leftAt === null);
        if (!isMentioned(me, here, message.text)) return null;
        return { kind: "mention", tag: "mention", text: t.bell.mention(short(participant)) };
      }
      case "prompt_pending_approval": {
        const { approval, participant } = e.payload;
        this.learn(room, approval, null);
        const waits = room.pending.some((a) => a.id === approval.id);
        return decides && waits && participant.id !== me.id
          ? proposal(approval, participant)
          : null;
      }
      case "prompt_approved":
      case "prompt_rejected": {
        const { approval, participant } = e.payload;
        if (e.type === "prompt_approved") this.learn(room, approval, participant);
        if (approval.participantId !== me.id || participant.id === me.id) return null;
        return { kind: "decided", tag: approval.id, text: decision(e.type, approval, participant) };
      }
      case "permission_requested": {
        const { requestId } = e.payload;
        if (!room.permissions.some((p) => p.requestId === requestId)) return null;
        if (decides) return question(requestId);
        const { running } = room.timeline;
        const mine = running !== null && this.turns.get(running)?.author?.id === me.id;
        return mine ? { ...question(requestId), text: t.bell.permissionOfOther } : null;
      }
      case "prompt_dispatch_completed":
        return this.ended(room, e.payload.approvalId, e.payload.stopReason === "cancelled");
      case "prompt_dispatch_failed":
        return this.ended(room, e.payload.approvalId, false, true);
    }
    return null;
  }

  private ended(room: Room, id: string, cancelled: boolean, failed = false): Ring {
    const turn = this.turns.get(id);
    this.turns.delete(id);
    const author = turn?.author ?? null;
    const who = author && author.id !== room.me.id ? short(author) : null;
    const say = failed ? t.bell.failed : cancelled ? t.bell.cancelled : t.bell.done;
    const text = say(who, author !== null);
    return turn?.own
      ? { kind: "ownTurn", tag: `turn ${id}`, text }
      : { kind: "anyTurn", tag: "turn", text };
  }

  private learn(room: Room, approval: Approval, decidedBy: Participant | null): void {
    const { me } = room;
    const own = approval.participantId === me.id || decidedBy?.id === me.id;
    this.turns.set(approval.id, { author: personById(room, approval.participantId), own });
    if (this.turns.size <= mostTurns) return;
    for (const oldest of this.turns.keys()) {
      this.turns.delete(oldest);
      return;
    }
  }
}

function proposal(a: Approval, author: Participant | null): Ring {
  const who = author ? short(author) : t.somebody;
  return { kind: "waiting", tag: a.id, text: t.bell.proposal(who) };
}

function question(requestId: string): Ring {
  return { kind: "waiting", tag: requestId, text: t.bell.permission };
}

function decision(
  type: "prompt_approved" | "prompt_rejected",
  a: Approval,
  by: Participant,
): string {
  const who = short(by);
  if (type === "prompt_rejected") return t.bell.rejected(who);
  return a.originalPrompt !== null && a.originalPrompt !== a.prompt
    ? t.bell.changed(who)
    : t.bell.approved(who);
}

// All that looks like a quotation mark.
const quotes = /[\p{Pi}\p{Pf}'"\u02ba\u02dd\u02ee\u2033\u201e\u275b-\u275e\u301d-\u301f\uff02]+/gu;

/** A name in quotation marks, which it cannot end: outside of them it could read like another notification. */
function short(p: Participant): string {
  return t.quoted(oneLine(nameOf(p), 60).replace(quotes, "'"));
}

/** oneLine cuts a text, in which nothing is hidden, for a notification. */
export function oneLine(text: string, most: number): string {
  const line = [...text.replace(/\s+/g, " ")];
  return line.length > most ? `${line.slice(0, most).join("")}…` : line.join("");
}
