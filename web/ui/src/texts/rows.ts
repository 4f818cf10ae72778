/** Texts of the rows of the conversation. */

export const chat = {
  reply: (who: string) => `Reply to ${who}`,
  unknownMessage: "an earlier message",
};

export const redaction = {
  masked: "A secret in this is masked for you: [redacted]",
  original: "This contains a secret. Others see [redacted] in its place.",
};

export const prompt = {
  proposes: "proposes a prompt",
  prompts: "prompts the agent",
  proposed: (who: string) => `${who} proposed`,
  prompted: (who: string) => `${who} prompted`,
  states: {
    pending: "Waiting for the host",
    approved: "Approved",
    queued: "Queued",
    running: "Running",
    cancelling: "Cancelling",
    done: "Done",
    cancelled: "Cancelled",
    failed: "Failed",
    rejected: "Rejected",
    undecided: "Not decided",
  } as Record<string, string>,
  ahead: (n: number) => (n === 1 ? "after 1 other turn" : `after ${n} other turns`),
  approvedBy: (who: string) => `approved by ${who}`,
  editedBy: (who: string) => `proposed a prompt that ${who} edited and approved`,
  rejectedBy: (who: string) => `rejected by ${who}`,
  original: "As proposed",
  edit: "Edit",
  withdraw: "Withdraw",
  sendAgain: "Send it again",
  save: "Save",
  editLabel: "The new text of your prompt",
  keepsPlace: "It keeps its place.",
  becomesProposal: "The host has to approve the new text.",
  withdrawn: "proposed a prompt, and withdrew it",
  replaced: "proposed a prompt, and edited it",
  edits: "in place of an earlier text",
  interrupts: "Interrupts the running turn",
};

/** Texts of the prompts that wait for the agent. */
export const queue = {
  title: "Prompts that wait for the agent",
  count: (n: number) => (n === 1 ? "1 prompt waits" : `${n} prompts wait`),
  entry: (place: number, who: string) => `${place}: ${who}`,
  ahead: (n: number) => (n === 0 ? "next" : n === 1 ? "after 1 turn" : `after ${n} turns`),
  up: "Move up",
  down: "Move down",
};

export const turn = {
  starts: "The agent starts on",
  ownStart: "The agent works on its own, without a prompt",
  done: "Done",
  cancelled: "Cancelled",
  failed: "Failed",
  in: (time: string) => `in ${time}`,
  for: (time: string) => `for ${time}`,
  after: (time: string) => `after ${time}`,
  by: (who: string) => `by ${who}`,
  used: (percent: number) => `${percent} % of the context used`,
  spent: (cost: string) => `${cost} so far`,
  reasons: {
    end_turn: "",
    cancelled: "",
    max_tokens: "it ran out of tokens",
    max_turn_requests: "it reached its request limit",
    refusal: "the agent refused",
  } as Record<string, string>,
};

export const agentSays = {
  name: "Agent",
  thought: "Thought",
  thinking: "Thinking",
  userEcho: "Said to the agent",
  image: "Picture from the agent",
  audio: "Recording from the agent",
  binary: { image: "Picture", audio: "Recording", resource: "Data" },
  unknownType: "unknown type",
  table: "Table",
  noRemote: (alt: string) => `Picture not loaded: ${alt}`,
  unknownBlock: "Content that this version cannot show",
  resource: "Attached text",
  whole: "Show all of it",
};

export const plan = {
  title: "Plan",
  removed: "Removed",
  file: "The plan is in a file:",
  states: { pending: "to do", in_progress: "in progress", completed: "done" } as Record<
    string,
    string
  >,
};

export const compaction = {
  states: {
    in_progress: "The agent is shortening its context",
    completed: "The agent shortened its context",
    failed: "The agent could not shorten its context",
    cancelled: "Shortening the context was cancelled",
  } as Record<string, string>,
  other: (state: string) => `The agent shortens its context: ${state}`,
};

export const other = {
  title: (name: string, n: number) => (n === 1 ? name : `${name}, ${n} times`),
};

export const notice = {
  created: "The session was created",
  joined: (who: string) => `${who} joined`,
  moved: (who: string) => `${who} changed the order of the prompts that wait`,
  left: (who: string) => `${who} left`,
  returned: (who: string) => `${who} left and came back`,
  visited: (who: string) => `${who} joined and left`,
  /** At most four names: of more people, the last three and a number. */
  names: (all: readonly string[]) => {
    const many = all.length > 4;
    const last = many ? `${all.length - 3} others` : all.at(-1);
    const first = many ? all.slice(-3) : all.slice(0, -1);
    return first.length > 0 ? `${first.join(", ")} and ${last}` : `${last}`;
  },
  removed: (who: string) => `${who} was removed`,
  role: (who: string, role: string) => `${who} is now a ${role.toLowerCase()}`,
  mode: (who: string, mode: string) => `${who} changed the mode: ${mode}`,
  invite: (who: string) => `${who} made a new invite link`,
  option: (who: string, option: string, value: string) => `${who} set ${option} to ${value}`,
  optionForgotten: (who: string, option: string) =>
    `${who} no longer sets ${option}: it stays as it is, but is not set again when the agent restarts`,
  optionFailed: (who: string, option: string, value: string, reason: string) =>
    `The agent did not set ${option} to ${value}, as ${who} asked: ${reason}`,
  promptsWait: ". Prompts wait until the host sets a mode",
  agentMode: (mode: string) => `The agent changed its mode: ${mode}`,
  agentOption: (option: string, value: string) => `The agent set ${option} to ${value}`,
  agentTitle: (title: string) => `The agent calls this session “${title}”`,
  oversized: (name: string, size: string) =>
    `The agent sent an update that is too big to be kept: ${name}, ${size}`,
  severities: { warning: "Warning", error: "Error" } as Record<string, string>,
  closed: "The session was closed",
  expired: "The session has expired",
  restarting: (who: string) => `${who} restarts the agent`,
  switched: (who: string, from: string, to: string) =>
    `${who} continues with ${to} instead of ${from}`,
  continues: "The agent was restarted and continues its session",
  history: {
    repeated: "The agent has repeated the conversation that it continues",
    missing:
      "The agent remembers a conversation from before this session. It is not shown here, because the agent cannot repeat it",
    withheld:
      "The agent remembers a conversation from before this session. It is not shown here, because several sessions took part in it",
  } as Record<string, string>,
  recap: "What the agent is told about it before the next prompt",
  forgot: "The agent was restarted and does not remember what was said before",
  ownTurnCancelled: (who: string) => `${who} cancelled what the agent does on its own`,
  stops: (who: string) => `${who} asked the agent to stop one of its tools`,
  signedIn: (who: string) => `${who} signed in to the agent`,
  signInFailed: (who: string) => `${who} could not sign in to the agent`,
  stopRefused: "The agent does not stop the tool",
  slowed: "The agent writes more than the server allows, so it is slowed down; nothing is lost",
  stray:
    "The agent also writes lines that are not protocol messages; they appear only in the server's log",
  because: (reason: string) => `: ${reason}`,
};
