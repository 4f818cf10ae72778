/**
 * Rights by role and mode. They decide what the page offers; the server decides what is
 * allowed.
 */

import type { Approval, Mode, Participant, Session } from "parley-client";

export const modes: readonly Mode[] = [
  "view_only",
  "comment_only",
  "prompt_with_approval",
  "prompt_direct",
];

export interface Rights {
  host: boolean;
  talk: boolean;
  /** no: none; propose: the host must approve; direct: prompts go straight to the agent. */
  prompt: "no" | "propose" | "direct";
}

export function rightsOf(session: Session, me: Participant, readOnly = false): Rights {
  if (readOnly || session.status !== "active" || me.leftAt !== null)
    return { host: false, talk: false, prompt: "no" };
  if (me.role === "host") return { host: true, talk: true, prompt: "direct" };
  if (me.role !== "collaborator") return { host: false, talk: false, prompt: "no" };
  switch (session.mode) {
    case "comment_only":
      return { host: false, talk: true, prompt: "no" };
    case "prompt_with_approval":
      return { host: false, talk: true, prompt: "propose" };
    case "prompt_direct":
      return { host: false, talk: true, prompt: "direct" };
  }
  return { host: false, talk: false, prompt: "no" };
}

/** The participant who can decide on what waits, and whether that participant is connected. */
export interface Decider {
  who: Participant;
  is: "here" | "away" | "left";
}

export function deciderOf(
  people: readonly Participant[],
  present: ReadonlySet<string>,
): Decider | null {
  const who = people.find((p) => p.role === "host");
  if (!who) return null;
  return { who, is: who.leftAt !== null ? "left" : present.has(who.id) ? "here" : "away" };
}

/** Reports whether a participant may cancel a prompt or its turn. */
export function mayCancel(rights: Rights, me: Participant, approval: Approval): boolean {
  return rights.host || approval.participantId === me.id;
}
