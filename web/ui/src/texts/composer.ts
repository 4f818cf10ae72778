/** Texts of the composer. */

export const composer = {
  label: { chat: "Message", prompt: "Prompt" },
  to: "Write to",
  chat: "People",
  prompt: "Agent",
  chatPlaceholder: "Message everyone",
  promptPlaceholder: "Prompt the agent",
  proposePlaceholder: "Propose a prompt; the host approves it",
  send: "Send",
  propose: "Propose",
  run: "Prompt",
  interrupt: "Interrupt",
  interruptAbout: "Stop what the agent is doing, and send this prompt",
  viewOnly: "You are watching. The host decides who may talk.",
  viewer: "You are a viewer: you can see everything, but not talk.",
  ended: (expired: boolean) =>
    `This session ${expired ? "has expired" : "is closed"}. You can still read it.`,
  reading: "You have left. You can still read along.",
  hint: "Enter sends, Shift+Enter starts a new line",
  tooLong: (over: number) => `${over} bytes too long`,
  replyTo: (who: string) => `Reply to ${who}`,
  dropReply: "Cancel the reply",
  queued: "Your prompt waits for its turn",
  queuedProposal: "Once approved, your prompt waits for its turn",
  unsent: (n: number) =>
    n === 1
      ? "1 message will be sent when you are back online"
      : `${n} messages will be sent when you are back online`,
  refused: (n: number) => (n === 1 ? "1 message was not sent" : `${n} messages were not sent`),
  showUnsent: "Show",
  full: "Too many messages are unsent, so this one has to wait",
  commands: "The agent's commands",
  suggestions: "Suggestions",
  changedFile: "changed",
  moreSuggestions: (n: number) => `${n} more match; type more of the name`,
  suggestionCount: (n: number) =>
    `${n === 1 ? "1 suggestion" : `${n} suggestions`}; the arrow keys choose, Tab inserts`,
};

/** Texts that the server has not acknowledged. */
export const unsent = {
  chat: "Your message, not sent yet",
  prompt: "Your prompt, not sent yet",
  state: "Not sent yet",
  decision: "Your decision is not sent yet",
  refused: {
    chat: "Your message, which was not sent",
    prompt: "Your prompt, which was not sent",
  },
  notSent: "Not sent.",
  putBack: "Put back",
  discard: "Discard",
  tooOld: "It was written more than an hour ago.",
};
