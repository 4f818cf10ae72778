/** Texts of the start page. */

export const start = {
  title: "Sessions",
  lead: "Share a running coding agent: others join with a link, watch it work live, talk, and propose prompts. You decide what reaches it.",
  share: "Share a session",
  search: "Search sessions",
  filter: { label: "Which sessions", active: "Open", mine: "Mine", all: "All" },
  none: "No sessions yet",
  noneOpen: "No session is open",
  noneMine: "You have not been in any session yet",
  noneMatch: "No session matches",
  noneAbout: "Share an agent's session and send the link to the people who should join.",
  noneHereAbout: "Look at all sessions, or share one.",
  noneMatchAbout: "Try another word, or search all sessions.",
  enter: "Enter",
  read: "Read",
  needsLink: "Needs an invite link",
  created: (when: string) => `created ${when}`,
  expires: (when: string) => `expires ${when}`,
  closed: "Closed",
  expired: "Expired",
  agents: "Agents",
  agentsAbout: "Agents that you can start on this server.",
  noAgents: "This server has no agents to start.",
  getAgents: "Get other agents",
  getAgentsAbout:
    "These are not installed on the server's machine. Once they are, they appear in the list above.",
  installAgent: (title: string) => `Command that installs ${title}`,
  agentDocs: "Documentation",
  agentDocsOf: (title: string) => `Documentation of ${title}`,
  thenSignIn: (command: string) => `Sign in to it there with: ${command}`,
  startAgent: (name: string) => `Share ${name}`,
  haveLink: "Have a link?",
  haveLinkAbout: "Paste an invite link",
  linkLabel: "Invite link",
  badLink: "This is not a link to a session.",
  otherServer: "This link leads to another server. Open it in a new tab.",
  join: "Join",
  failed: "The sessions could not be loaded.",
  protected:
    "Only the operators of this server can list its sessions. You can still join with an invite link.",
  terminal: "From a terminal",
  terminalAbout: "Join the same sessions as text:",
  terminalCommand: "parley join 'LINK'",
};

export const operator = {
  people: "Sign in",
  peopleAbout: "Then you can share sessions and see those that you have shared.",
  signInWith: (provider: string) => `Sign in with ${provider}`,
  lead: "To join a session, open the invite link that its host has sent you.",
  title: "For operators of this server",
  about: "Only operators can list its sessions and start agents. Enter your key or a sign-in link.",
  label: "Key or sign-in link",
  go: "Sign in",
  how: "On the server's machine, parley key link NAME makes a sign-in link.",
  signedIn: (name: string) => `You are signed in as ${name}.`,
  signOut: "Sign out",
};

export const running = {
  title: "Running agents",
  end: "End…",
  endOne: (name: string) => `End ${name}…`,
  sessions: (n: number) =>
    n === 0 ? "no open session" : n === 1 ? "1 open session" : `${n} open sessions`,
  ask: (name: string) => `End ${name}?`,
  about:
    "This ends its process and everything that it has started. Running and waiting prompts will fail.",
  noneOpen: "No open session uses it.",
  openOn: (n: number) =>
    n === 1
      ? "This open session uses it. People can still read and talk there, but prompts will no longer reach an agent:"
      : `These ${n} open sessions use it. People can still read and talk there, but prompts will no longer reach an agent:`,
  confirm: "End the agent",
  others: "It also works for these sessions:",
  othersHidden:
    "It may also work for other sessions. Only operators of this server can see which these are.",
};

export const share = {
  title: "Share a session",
  what: "What to share",
  fresh: "Start a new agent",
  running: "A running agent",
  agent: "Agent",
  session: "Running session",
  name: "Your name",
  namePlaceholder: "How others see you",
  titleLabel: "Title",
  earlier: "Earlier sessions of this agent",
  noneEarlier: "The agent has no earlier session that can be shared.",
  earlierLabel: "Continue",
  newSession: "A new session",
  earlierAbout:
    "Everyone in the session sees its history. End the agent elsewhere first, so that two processes do not work in one session.",
  attributed: "Tell the agent who wrote and approved each prompt",
  attributedAbout: "Its model reads a line such as [Ann, approved by Ben] before the prompt.",
  titlePlaceholder: "What this is about (optional)",
  mode: "What others may do",
  expiry: "Open for",
  expiries: {
    "60": "1 hour",
    "480": "8 hours",
    "1440": "1 day",
    "10080": "1 week",
    "0": "No limit",
  } as Record<string, string>,
  create: "Share",
  starting: (agent: string) => `Starting ${agent}. The first start can take a few minutes.`,
  giveUp: "Give up",
  doneTitle: "Your session is ready",
  enter: "Enter the room",
  nameMissing: "Enter the name that others will see.",
};

export const directory = {
  label: "Working directory",
  own: (dir: string) => `Empty for ${dir}`,
  refused: (roots: readonly string[]) =>
    roots.length === 0
      ? "There is no such directory, or the server does not allow it for this agent."
      : `There is no such directory, or the server does not allow it. Allowed is what is inside ${roots.join(", ")}.`,
};
