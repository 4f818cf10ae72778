/** Events for tests: a session of Olga, the host, with Ann. */

import type { Approval, Participant, Session, SessionEvent, Welcome } from "parley-client";

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

/** Returns a random source with the same numbers for the same seed. */
export function dice(seed: number) {
  let a = seed;
  const draw = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(draw() * n);
  return { below, one: <T>(list: readonly T[]) => list[below(list.length)]! };
}

export type Dice = ReturnType<typeof dice>;

/** Returns a random session: any events in any order, but with one turn at a time. */
export function randomStory(d: Dice, length: number): SessionEvent[] {
  const story = new Story().add("shared_session_created", { session: {} } as never);
  const pending: string[] = [];
  const queue: string[] = [];
  const asked: string[] = [];
  let running: string | null = null;
  let next = 1;
  const chunk = (kind: string) =>
    story.update({
      sessionUpdate: kind,
      content: { type: "text", text: `${next++} ` },
      ...(d.below(3) === 0 && { messageId: `m${d.below(3)}` }),
    });
  // Few ids, so that they are used again in other turns.
  const call = () => ({ toolCallId: `t${d.below(4)}`, ...(d.below(2) && { title: `T${next++}` }) });
  const status = () => ({ status: d.one(["pending", "in_progress", "completed", "failed"]) });
  const agent = [
    () => chunk("agent_message_chunk"),
    () => chunk("agent_message_chunk"),
    () => chunk("agent_message_chunk"),
    () => chunk(d.one(["agent_thought_chunk", "user_message_chunk"])),
    () => story.update({ sessionUpdate: "tool_call", ...call(), ...status() }),
    () => story.update({ sessionUpdate: "tool_call_update", ...call(), ...status() }),
    () => story.update({ sessionUpdate: "plan", entries: [{ content: `P${next++}` }] }),
    () => story.notify(d.one(["_a", "_b"]), { n: next++ }),
    () => story.update({ sessionUpdate: "usage_update", used: next++, size: 100 }),
    () => story.update({ sessionUpdate: "session_info_update", title: `S${next++}` }),
    () => story.update({ sessionUpdate: "available_commands_update", availableCommands: [] }),
    () => {
      asked.push(`q${next}`);
      story.add("permission_requested", {
        requestId: `q${next++}`,
        toolCall: d.below(4) ? call() : {},
        options: [],
      });
    },
  ];
  const take = (list: string[]) => list.splice(d.below(list.length), 1)[0]!;
  const people = [
    () => story.chat(`C${next++}`, d.one([ann, olga])),
    () => story.chat(`C${next++}`, d.one([ann, olga])),
    () => story.add("participant_joined", { participant: ann }),
    () => story.add("agent_status", { status: d.one(["idle", "exited"]) } as never),
    () => {
      pending.push(`a${next}`);
      story.add("prompt_pending_approval", { approval: approval(`a${next++}`), participant: ann });
    },
    () => {
      const own = { participantId: "olga", prompt: `O${next}` };
      queue.push(`a${next}`);
      story.add("prompt_approved", { approval: approval(`a${next++}`, own), participant: olga });
    },
    () => {
      if (pending.length === 0) return;
      const id = take(pending);
      const edited = approval(id, { prompt: `E${next++}` });
      if (d.below(4)) {
        queue.push(id);
        story.add("prompt_approved", { approval: edited, participant: olga });
      } else story.add("prompt_rejected", { approval: edited, participant: olga });
    },
    () => {
      const list = d.below(2) ? pending : queue;
      if (list.length === 0) return;
      const approvalId = take(list);
      story.add("prompt_cancelled", { approvalId, participant: ann });
      if (d.below(2)) story.chat(`C${next++}`);
      story.add("prompt_dispatch_failed", { approvalId, error: d.one(["cancelled", "ended"]) });
    },
    () => {
      if (asked.length === 0) return;
      const requestId = take(asked);
      if (d.below(3) === 0) story.add("permission_withdrawn", { requestId });
      else
        story.add("permission_resolved", {
          requestId,
          optionId: "once",
          outcome: "selected",
          source: "participant",
          participant: olga,
        });
    },
    () => queue.length > 0 && story.add("prompt_queued", { approvalId: d.one(queue), ahead: 1 }),
  ];
  const turn = () => {
    if (running === null) {
      if (queue.length === 0) return;
      story.starts((running = queue.shift()!));
      return;
    }
    if (d.below(4) === 0) story.add("prompt_cancelled", { approvalId: running, participant: olga });
    if (d.below(3)) story.ends(running, d.one(["end_turn", "cancelled"]));
    else story.add("prompt_dispatch_failed", { approvalId: running, error: "it crashed" });
    running = null;
  };
  // Some sessions are all talk, others all work.
  const [work, talk, turns] = [d.below(12), 1 + d.below(6), d.below(3)];
  while (story.events.length < length) {
    const n = d.below(work + talk + turns);
    const idle = running === null && d.below(5) > 0;
    if (n < work) idle ? turn() : d.one(agent)();
    else if (n < work + talk) d.one(people)();
    else turn();
  }
  return story.events;
}
