/** Random sessions for property tests. */

import type { SessionEvent } from "../../src/index.js";

import { ann, approval, olga, Story } from "./story.js";

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
  return new RandomStory(d).until(length);
}

class RandomStory {
  private readonly story = new Story().add("shared_session_created", { session: {} } as never);
  private readonly pending: string[] = [];
  private readonly queue: string[] = [];
  private readonly asked: string[] = [];
  private running: string | null = null;
  private next = 1;

  constructor(private readonly d: Dice) {}

  until(length: number): SessionEvent[] {
    const { d, story } = this;
    // Some sessions are all talk, others all work.
    const [work, talk, turns] = [d.below(12), 1 + d.below(6), d.below(3)];
    while (story.events.length < length) {
      const n = d.below(work + talk + turns);
      const idle = this.running === null && d.below(5) > 0;
      if (n < work) idle ? this.turn() : d.one(this.agent)();
      else if (n < work + talk) d.one(this.people)();
      else this.turn();
    }
    return story.events;
  }

  private readonly agent = [
    () => this.chunk("agent_message_chunk"),
    () => this.chunk("agent_message_chunk"),
    () => this.chunk("agent_message_chunk"),
    () => this.chunk(this.d.one(["agent_thought_chunk", "user_message_chunk"])),
    () => this.update("tool_call", { ...this.call(), ...this.status() }),
    () => this.update("tool_call_update", { ...this.call(), ...this.status() }),
    () => this.update("plan", { entries: [{ content: `P${this.next++}` }] }),
    () => this.story.notify(this.d.one(["_a", "_b"]), { n: this.next++ }),
    () => this.update("usage_update", { used: this.next++, size: 100 }),
    () => this.update("session_info_update", { title: `S${this.d.below(3)}` }),
    () => this.update("current_mode_update", { currentModeId: this.d.one(["ask", "auto"]) }),
    () => this.update("notice", { severity: "info", title: `N${this.next++}` }),
    () => this.whole(),
    () => this.terminal(),
    () => this.terminal(),
    () => this.contentChunk(),
    () => this.compaction(),
    () => this.plans(),
    () => this.update("available_commands_update", { availableCommands: [] }),
    () => this.ask(),
  ];

  private readonly people = [
    () => this.options(),
    () => this.chat(this.d.one([ann, olga])),
    () => this.chat(this.d.one([ann, olga])),
    () => this.story.add("participant_joined", { participant: ann }),
    () => this.story.add("participant_left", { participant: ann }),
    () => this.story.add("agent_status", { status: this.d.one(["idle", "exited"]) } as never),
    () => this.propose(),
    () => this.prompt(),
    () => this.decide(),
    () => this.cancel(),
    () => this.story.add("agent_turn_cancelled", { participant: olga }),
    () => this.answer(),
    () =>
      this.queue.length > 0 &&
      this.story.add("prompt_queued", { approvalId: this.d.one(this.queue), ahead: 1 }),
  ];

  private update(sessionUpdate: string, members: object): void {
    this.story.update({ sessionUpdate, ...members });
  }

  private chunk(kind: string): void {
    const content = { type: "text", text: `${this.next++} ` };
    const message = this.d.below(3) === 0 && { messageId: `m${this.d.below(3)}` };
    this.update(kind, { content, ...message });
  }

  private whole(): void {
    const kind = this.d.one(["agent_message", "agent_thought", "user_message"]);
    const text = this.d.below(4) ? `${this.next++} ` : "Add a test";
    const content = this.d.below(4) ? [{ type: "text", text }] : [];
    this.update(kind, { messageId: `m${this.d.below(3)}`, content });
  }

  private terminal(): void {
    const { d } = this;
    const terminalId = `x${d.below(3)}`;
    const data = btoa(`${this.next++}\n`);
    if (d.below(3)) this.update("terminal_output_chunk", { terminalId, data });
    else this.update("terminal_update", { terminalId, command: "make", output: { data } });
  }

  private contentChunk(): void {
    const { d } = this;
    const text = { type: "content", content: { type: "text", text: `${this.next++}` } };
    const content = d.below(2) ? { type: "terminal", terminalId: `x${d.below(3)}` } : text;
    this.update("tool_call_content_chunk", { toolCallId: `t${d.below(4)}`, content });
  }

  private compaction(): void {
    const id = { compactionId: `k${this.d.below(2)}` };
    const content = { type: "text", text: `${this.next++} ` };
    if (this.d.below(2)) this.update("compaction_summary_chunk", { ...id, content });
    else
      this.update("compaction_update", { ...id, status: this.d.one(["in_progress", "completed"]) });
  }

  private plans(): void {
    const planId = `p${this.d.below(2)}`;
    const plan = { type: "items", planId, entries: [{ content: `P${this.next++}` }] };
    if (this.d.below(4)) this.update("plan_update", { plan });
    else this.update("plan_removed", { planId });
  }

  private options(): void {
    const { d } = this;
    const value = d.one(["a", "b"]);
    if (d.below(3) === 0)
      this.story.add("agent_configured", { optionId: "model", value, participant: ann } as never);
    else
      this.story.add("agent_updated", {
        configOptions: [{ id: "model", category: "model", currentValue: value }],
      } as never);
  }

  // Few ids, so that they are used again in other turns.
  private call() {
    const title = this.d.below(2) && { title: `T${this.next++}` };
    return { toolCallId: `t${this.d.below(4)}`, ...title };
  }

  private status() {
    return { status: this.d.one(["pending", "in_progress", "completed", "failed"]) };
  }

  private ask(): void {
    const requestId = `q${this.next++}`;
    this.asked.push(requestId);
    const toolCall = this.d.below(4) ? this.call() : {};
    this.story.add("permission_requested", { requestId, toolCall, options: [] });
  }

  private chat(who = ann): void {
    this.story.chat(`C${this.next++}`, who);
  }

  private propose(): void {
    const id = `a${this.next++}`;
    this.pending.push(id);
    this.story.add("prompt_pending_approval", { approval: approval(id), participant: ann });
  }

  private prompt(): void {
    const own = { participantId: "olga", prompt: `O${this.next}` };
    const id = `a${this.next++}`;
    this.queue.push(id);
    this.story.add("prompt_approved", { approval: approval(id, own), participant: olga });
  }

  private decide(): void {
    const id = this.take(this.pending);
    if (id === undefined) return;
    const edited = approval(id, { prompt: `E${this.next++}` });
    const approves = this.d.below(4) > 0;
    if (approves) this.queue.push(id);
    const type = approves ? "prompt_approved" : "prompt_rejected";
    this.story.add(type, { approval: edited, participant: olga });
  }

  private cancel(): void {
    const approvalId = this.take(this.d.below(2) ? this.pending : this.queue);
    if (approvalId === undefined) return;
    this.story.add("prompt_cancelled", { approvalId, participant: ann });
    if (this.d.below(2)) this.chat();
    const error = this.d.one(["cancelled", "ended"]);
    this.story.add("prompt_dispatch_failed", { approvalId, error });
  }

  private answer(): void {
    const requestId = this.take(this.asked);
    if (requestId === undefined) return;
    if (this.d.below(3) === 0) this.story.add("permission_withdrawn", { requestId });
    else
      this.story.add("permission_resolved", {
        requestId,
        optionId: "once",
        outcome: "selected",
        source: "participant",
        participant: olga,
      });
  }

  private turn(): void {
    const { d, story, running } = this;
    if (running === "own") {
      story.add("agent_turn_ended", { stopReason: d.one(["end_turn", "cancelled"]) });
      this.running = null;
      return;
    }
    if (running === null && d.below(4) === 0) {
      story.add("agent_turn_started", {});
      this.running = "own";
      return;
    }
    if (running === null) {
      const id = this.queue.shift();
      if (id !== undefined) story.starts((this.running = id));
      return;
    }
    if (d.below(4) === 0) story.add("prompt_cancelled", { approvalId: running, participant: olga });
    if (d.below(3)) story.ends(running, d.one(["end_turn", "cancelled"]));
    else story.add("prompt_dispatch_failed", { approvalId: running, error: "it crashed" });
    this.running = null;
  }

  private take(list: string[]): string | undefined {
    return list.length === 0 ? undefined : list.splice(this.d.below(list.length), 1)[0];
  }
}
