/** Decides what to notify people about while they look elsewhere. */

import { isKnownEvent, type Approval, type Participant } from "parley-client";

import { isMentioned } from "./mention.ts";
import { nameOf } from "./name.ts";
import { personById, type Room } from "./room.ts";
import { t } from "../texts.ts";
import type { SessionEvent } from "./wire.ts";

/**
 * waiting: a proposal or question that the user can decide on, or a question in the
 * user's turn. decided: someone decided on the user's proposal. ownTurn: a turn ended
 * that the user started or approved. anyTurn: any turn ended.
 */
export const bellKinds = ["waiting", "decided", "mention", "ownTurn", "anyTurn"] as const;
export type BellKind = (typeof bellKinds)[number];

/** The kinds of notifications that the user wants. */
export type BellChoice = Readonly<Record<BellKind, boolean>>;

const unlessChosen: BellChoice = {
  waiting: true,
  decided: true,
  mention: true,
  ownTurn: true,
  anyTurn: false, // in a busy session a turn ends every other minute
};

/** Reads a stored choice, whatever it contains. */
export function readChoice(stored: unknown): BellChoice {
  if (typeof stored !== "object" || stored === null) return unlessChosen;
  const known = Object.entries(stored).filter(
    ([kind, on]) => kind in unlessChosen && typeof on === "boolean",
  );
  return { ...unlessChosen, ...Object.fromEntries(known) };
}

/** A notification. It replaces an earlier one with the same tag. */
export interface Ring {
  kind: BellKind;
  tag: string;
  text: string;
}

interface Turn {
  author: Participant | null;
  /** Whether the user started or approved it. */
  own: boolean;
}

// More prompts than a session can have running, queued and undecided.
const maxTurns = 500;
// The most notifications at once, as after a lost connection.
const maxRings = 5;

/** Finds out what to notify the user about, from the events of a room. */
export class Bell {
  private readonly turns = new Map<string, Turn>();

  constructor(room: Room) {
    for (const item of room.timeline.items)
      if (item.type === "prompt") this.learn(room, item.approval, item.decidedBy);
    for (const approval of room.pending) this.learn(room, approval, null);
  }

  /** Returns notifications of what already waits when the user enters. */
  first(room: Room, decides: boolean): Ring[] {
    if (!decides) return [];
    return [
      ...room.pending.map((a) => proposal(a, personById(room, a.participantId))),
      ...room.permissions.map((p) => question(p.requestId)),
      ...room.elicitations.filter((e) => !e.acceptedBy).map((e) => input(e.requestId)),
    ].slice(-maxRings);
  }

  /** Returns notifications of some events. room is the room after them. */
  take(room: Room, events: readonly SessionEvent[], decides: boolean): Ring[] {
    return events.flatMap((e) => this.one(room, e, decides) ?? []).slice(-maxRings);
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
      case "elicitation_requested": {
        const { requestId } = e.payload;
        const waits = room.elicitations.some((o) => o.requestId === requestId && !o.acceptedBy);
        return decides && waits ? input(requestId) : null;
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
    if (this.turns.size <= maxTurns) return;
    for (const oldest of this.turns.keys()) {
      this.turns.delete(oldest);
      return;
    }
  }
}

function proposal(a: Approval, author: Participant | null): Ring {
  const who = author ? short(author) : t.someone;
  return { kind: "waiting", tag: a.id, text: t.bell.proposal(who) };
}

function question(requestId: string): Ring {
  return { kind: "waiting", tag: requestId, text: t.bell.permission };
}

function input(requestId: string): Ring {
  return { kind: "waiting", tag: requestId, text: t.bell.input };
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

// Every character that looks like a quotation mark.
const quotes = /[\p{Pi}\p{Pf}'"\u02ba\u02dd\u02ee\u2033\u201e\u275b-\u275e\u301d-\u301f\uff02]+/gu;

/**
 * Returns a name in quotation marks. It contains none itself, so that it cannot pass
 * for the text of a notification.
 */
function short(p: Participant): string {
  return t.quoted(oneLine(nameOf(p), 60).replace(quotes, "'"));
}

/** Returns a text without hidden characters as one line of limited length. */
export function oneLine(text: string, max: number): string {
  const line = [...text.replace(/\s+/g, " ")];
  return line.length > max ? `${line.slice(0, max).join("")}…` : line.join("");
}
