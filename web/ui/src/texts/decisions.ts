/** Texts of what the user decides on. */

const optionKinds = {
  allow_once: "allows once",
  allow_always: "allows from now on",
  reject_once: "rejects once",
  reject_always: "rejects from now on",
} as Record<string, string>;

export const waiting = {
  count: (n: number) =>
    n === 1 ? "1 waiting for you" : `${n.toLocaleString("en")} waiting for you`,
  proposes: (who: string) => `${who} proposes`,
  prompt: "Prompt",
  approve: "Approve",
  approveEdited: "Approve edited",
  edit: "Edit",
  reject: "Reject",
  rejectFor: "Why? (optional, visible to everyone)",
  editLabel: "The prompt as the agent will get it",
  sent: "This is what the agent will get",
  rest: (size: string) =>
    `This is only the beginning. The complete item (${size}) is being loaded. You can decide once it has loaded.`,
  restFailed: "This is only the beginning, and the rest could not be loaded.",
  asks: "The agent asks",
  option: "Option",
  question: "Question",
  /** What an option does, whatever name the agent gives it. */
  does: (kind: string) => optionKinds[kind] ?? "of an unknown kind",
};

export const permission = {
  asks: "The agent asks for permission",
  waits: "waiting for the host's answer",
  about: (open: boolean) => (open ? "What it asks about" : "What it asked about"),
  answered: (who: string, what: string) => `${who}: ${what}`,
  byPolicy: (what: string) => `Answered by the session's setting: ${what}`,
  byTimeout: (what: string) => `Nobody answered in time: ${what}`,
  cancelled: "Cancelled with the turn",
  withdrawn: "The agent no longer asks",
  rejectedDefault: "rejected",
};
