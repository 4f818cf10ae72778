import type { QueuedPrompt, SessionEvent } from "./protocol.gen.js";

/**
 * Returns the prompts that wait for the agent after an event, in the order in which they
 * run, given the list before it; at first, that of the welcome.
 */
export function followQueue(
  queue: readonly QueuedPrompt[],
  e: SessionEvent,
): readonly QueuedPrompt[] {
  switch (e.type) {
    case "queue_changed":
      return e.payload.queue;
    case "prompt_queued": {
      const { approvalId } = e.payload;
      const known = queue.some((q) => q.approvalId === approvalId);
      return known
        ? queue.map((q) => (q.approvalId === approvalId ? e.payload : q))
        : [...queue, e.payload];
    }
    case "prompt_dispatch_started":
    case "prompt_dispatch_completed":
    case "prompt_dispatch_failed":
      return queue.some((q) => q.approvalId === e.payload.approvalId)
        ? queue.filter((q) => q.approvalId !== e.payload.approvalId)
        : queue;
    case "session_closed":
      return [];
  }
  return queue;
}
