/** Texts that are used everywhere. */

const modes = {
  view_only: { name: "View only", short: "View", about: "Collaborators can watch." },
  comment_only: { name: "Talk only", short: "Talk", about: "Collaborators can watch and talk." },
  prompt_with_approval: {
    name: "Prompts need approval",
    short: "Approval",
    about: "Collaborators can talk and propose prompts; the host approves.",
  },
  prompt_direct: {
    name: "Direct prompts",
    short: "Direct",
    about: "Collaborators can talk and prompt the agent themselves.",
  },
} as Record<string, { name: string; short: string; about: string }>;

const roles = { host: "Host", collaborator: "Collaborator", viewer: "Viewer" } as Record<
  string,
  string
>;

const agentStates = {
  starting: "Agent is starting",
  idle: "Agent is idle",
  running: "Agent is working",
  waiting: "Agent is waiting for an answer",
  unresponsive: "Agent is not responding",
  detached: "Agent's machine is offline",
  ending: "Agent is shutting down",
  exited: "Agent has ended",
} as Record<string, string>;

const agentWords = {
  starting: "Starting",
  idle: "Idle",
  running: "Working",
  waiting: "Waiting",
  unresponsive: "Not responding",
  detached: "Offline",
  ending: "Shutting down",
  exited: "Ended",
} as Record<string, string>;

export const common = {
  app: "Parley",
  tagline: "Several people, one coding agent",
  mode: (m: string) => modes[m] ?? { name: m, short: m, about: "" },
  role: (r: string) => roles[r] ?? r,
  agent: (s: string) => agentStates[s] ?? s,
  agentShort: (s: string) => agentWords[s] ?? s,
  you: "you",
  someone: "Someone",
  quoted: (name: string) => `“${name}”`,
  loading: "Loading",
  close: "Close",
  cancel: "Cancel",
  done: "Done",
  copy: "Copy",
  copied: "Copied",
  retry: "Try again",
  home: "Start page",
  theme: { label: "Appearance", light: "Light", dark: "Dark", auto: "Match the system" },
};
