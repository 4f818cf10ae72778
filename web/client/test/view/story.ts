/** Events for tests: a session of Olga, the host, with Ann. */

import type { Approval, Participant, Session, SessionEvent, Welcome } from "../../src/index.js";

const start = Date.parse("2026-03-01T10:00:00Z");

export const session: Session = {
  id: "s1",
  workspaceId: "default",
  hostUserId: "olga",
  hostSessionId: "h1",
  mode: "prompt_with_approval",
  approvalRequired: true,
  inviteToken: null,
  createdAt: new Date(start).toISOString(),
  expiresAt: null,
  status: "active",
};

function participant(id: string, displayName: string, role: Participant["role"]): Participant {
  return {
    id,
    sharedSessionId: "s1",
    userId: id,
    displayName,
    role,
    joinedAt: session.createdAt,
    leftAt: null,
    accessToken: null,
  };
}

export const olga = participant("olga", "Olga", "host");
export const ann = participant("ann", "Ann", "collaborator");

export function approval(id: string, change: Partial<Approval> = {}): Approval {
  return {
    id,
    sharedSessionId: "s1",
    participantId: "ann",
    prompt: "Add a test",
    originalPrompt: null,
    status: "pending",
    createdAt: session.createdAt,
    resolvedAt: null,
    resolvedByParticipantId: null,
    reason: null,
    errorMessage: null,
    ...change,
  };
}

export function welcome(change: Partial<Welcome> = {}): Welcome {
  return {
    recent: [],
    session,
    participant: ann,
    participants: [olga, ann],
    left: 0,
    approvals: [],
    permissions: [],
    presence: ["olga", "ann"],
    presenceEpoch: "e",
    presenceAt: 2,
    agent: { status: "idle" },
    cursor: "c0",
    resume: "new",
    heartbeatMs: 20_000,
    limits: {
      messageBytes: 32_768,
      promptBytes: 262_144,
      frameBytes: 1_048_576,
      recentEvents: 200,
      historyLimit: 500,
    },
    ...change,
  };
}

/** Builds a list of events with numbered cursors, one second apart. */
export class Story {
  readonly events: SessionEvent[] = [];

  add<Type extends SessionEvent["type"]>(
    type: Type,
    payload: Extract<SessionEvent, { type: Type }>["payload"],
  ): this {
    const n = this.events.length + 1;
    const timestamp = new Date(start + n * 1_000).toISOString();
    this.events.push({
      type,
      cursor: `c${n}`,
      sharedSessionId: "s1",
      timestamp,
      payload,
    } as unknown as SessionEvent);
    return this;
  }

  chat(text: string, who = ann, id = `m${this.events.length + 1}`): this {
    return this.add("message_created", {
      participant: who,
      message: {
        id,
        sharedSessionId: "s1",
        participantId: who.id,
        authorUserId: who.userId,
        kind: "comment",
        text,
        createdAt: session.createdAt,
        approvalId: null,
        replyTo: null,
      },
    });
  }

  update(update: Record<string, unknown>): this {
    return this.notify("session/update", { sessionId: "x", update });
  }

  notify(method: string, params: unknown): this {
    return this.add("host_session_update", { notification: { jsonrpc: "2.0", method, params } });
  }

  says(text: string, messageId?: string): this {
    return this.update({
      sessionUpdate: "agent_message_chunk",
      content: { type: "text", text },
      ...(messageId && { messageId }),
    });
  }

  starts(id = "a1"): this {
    return this.add("prompt_dispatch_started", { approvalId: id });
  }

  ends(id = "a1", stopReason = "end_turn"): this {
    return this.add("prompt_dispatch_completed", { approvalId: id, stopReason });
  }

  /** Adds a prompt of Ann's that Olga approves, and its start. */
  turn(id = "a1"): this {
    return this.add("prompt_pending_approval", { approval: approval(id), participant: ann })
      .add("prompt_approved", { approval: approval(id, { status: "approved" }), participant: olga })
      .starts(id);
  }
}
