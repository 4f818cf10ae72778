/** Texts of the room around the conversation. */

export const waits = {
  silent: (time: string) => `The agent has been silent for ${time}`,
  silentShort: (time: string) => `Silent for ${time}`,
  silentSince: (at: string) => `The agent has been silent since ${at}`,
  detached: (at: string) => `The agent's machine has had no connection since ${at}. Prompts wait.`,
  detachedShort: (at: string) => `Agent away since ${at}`,
  starting: (detail: string) => `The agent is starting: ${detail}`,
  unresponsive: "The agent does not stop the turn that was cancelled",
  unresponsiveShort: "The agent does not stop",
  asleep: "The agent sleeps, since nobody used it. The next prompt wakes it.",
  asleepShort: "The agent sleeps",
  ended: "The agent has ended. The next prompt starts it again.",
  endedShort: "The agent has ended",
};

export const refusedMode = {
  about: (mode: string, reason: string) =>
    `Prompts wait: the restarted agent refuses the mode ${mode}: ${reason}`,
  short: "Prompts wait for a mode",
  keep: (mode: string, asksNobody: boolean) =>
    asksNobody ? `Go on in ${mode}, which never asks` : `Go on in ${mode}`,
  keepUnknown: "Go on without it",
};

export const signIn = {
  title: "Sign in to the agent",
  open: "Sign in…",
  needed: "Nobody is signed in to the agent",
  neededHost: "Nobody is signed in to the agent. The host can sign in.",
  busy: (who: string) => `${who} is signing in to the agent`,
  about: "You sign in the user that runs the agent. The agent offers these ways:",
  none: "The agent does not say how. Its documentation does; sign in as the user that runs the agent.",
  use: (name: string) => `Sign in: ${name}`,
  failed: (reason: string) =>
    reason === "" ? "That did not work. Try again." : `That did not work: ${reason}`,
  command: "Run this on the agent's machine, as the user that runs the agent:",
  commandOf: (name: string) => `Command of ${name}`,
  sameVariables: (names: string) =>
    `Set these variables as in the agent's configuration first: ${names}`,
  variables:
    "Set this in the agent's configuration or in the server's environment, and restart the server:",
  other: "Parley cannot do this for you; follow the description.",
  afterwards: "If you have signed in outside of this page, start the agent again:",
  restart: "Restart the agent",
};

export const room = {
  titleBy: (host: string) => `${host}'s session`,
  menu: "More",
  people: "People",
  peopleCount: (n: number) => `People, ${n} here`,
  invite: "Invite",
  leave: "Leave the session",
  closeSession: "Close the session for everyone",
  closeAsk: "Close the session for everyone?",
  closeAbout:
    "Nobody will be able to join or talk any more. Participants can still read it with their own links.",
  leaveAsk: "Leave the session?",
  leaveAbout: (own: number) =>
    (own === 0
      ? ""
      : own === 1
        ? "Your proposal stays, and the host can still approve it. "
        : `Your ${own} proposals stay, and the host can still approve them. `) +
    "You can join again with the invite link as a new participant, or keep reading without joining.",
  leaveHost:
    "Until you return, nobody can approve prompts, answer the agent's questions or close the session. Your own link, which this browser remembers, lets you back in as the host.",
  leaveWaiting: (proposals: number, questions: number) => {
    const what = [
      proposals === 1 ? "1 proposal" : proposals > 1 ? `${proposals} proposals` : "",
      questions === 1 ? "1 question" : questions > 1 ? `${questions} questions` : "",
    ].filter((part) => part !== "");
    if (what.length === 0)
      return "Nothing is waiting for you now. New proposals will wait for you.";
    const [is, stays] = proposals + questions === 1 ? ["is", "stays"] : ["are", "stay"];
    const late = questions > 0 ? " A question that nobody answers in time is rejected." : "";
    return `${what.join(" and ")} ${is} waiting for you and ${stays} open until you return.${late}`;
  },
  ownLink: "Your own link",
  notify: "Notify me in this browser",
  notifyOn: "Notifications are on",
  notifyOff: "Notifications are off",
  shortcuts: "Keyboard shortcuts",
  terminal: "Join from a terminal",
  terminalAbout:
    "The same session as text. This is your own link: anyone who has it acts in your name.",
  modeLabel: (name: string) => `Mode: ${name}`,
  changeMode: "What collaborators may do",
  cancelTurn: "Stop the agent",
  restartAgent: "Restart the agent",
  restartAgentAsk: "Restart the agent?",
  restartAgentAbout:
    "The running turn will fail. Prompts that wait are kept, and run when the agent has started again.",
  startAgent: "Start it now",
  switchAgent: "Continue with another agent",
  switchAgentAsk: "Continue with another agent?",
  switchAgentNow: (now: string) => `This session uses the agent ${now}.`,
  switchAgentTo: "The agent to continue with",
  switchAgentAbout: (to: string) =>
    `${to} is sent what was asked and answered in this session, and all further prompts. ` +
    "Another agent may send them to another company, under other terms. Messages, and proposals that nobody approved, are not sent.",
  switchAgentYes: (to: string) => `Send the conversation to ${to}`,
  fork: "Try another way in a new session",
  forkAsk: "Try another way in a new session?",
  forkAbout:
    "The agent goes on from here in a new session as well, with its memory of this conversation and in the same directory. " +
    "You host it, and nobody else is in it until you invite them. This session goes on unchanged.",
  forkBegins: {
    repeated:
      "The new session begins with the history of this conversation, which everybody in it sees.",
    missing:
      "The new session begins empty: this agent cannot repeat the conversation. It remembers it, and can tell everybody in the new session about it.",
    withheld:
      "The new session begins empty, because several sessions took part in this conversation. The agent remembers all of it, and can tell everybody in the new session about it.",
  } as Record<string, string>,
  forkYes: "Make the new session",
  forkForOperators:
    "The new session needs an agent of its own, and only operators of this server can start agents. Sign in on the start page, or ask an operator.",
  startPage: "Go to the start page",
  forkMade: "The new session is ready",
  stopAgent: "End the agent's process",
  stopAgentAsk: "End the agent's process?",
  stopAgentAbout: "The running turn will fail. The agent is restarted if that is possible.",
  timeline: "Conversation",
  jump: "Latest",
  unread: (n: number) => (n === 1 ? "1 new" : `${n} new`),
  unreadMark: "New",
  older: "Load older",
  loadingOlder: "Loading older",
  newer: "Load newer",
  loadingNewer: "Loading newer",
  quiet: "Nothing has been said yet",
  quietAbout: (host: boolean, may: boolean) =>
    host
      ? "Invite others, or give the agent its first prompt."
      : may
        ? "Write to the others, or propose what the agent should do."
        : "You will see everything here as it happens.",
  looksAt: "The agent looks at",
  skip: "Skip to the composer",
};

export const facts = {
  open: "About the agent",
  title: "What is known about the agent",
  program: "Agent",
  attribution: "Attribution",
  attributed: "The model is told who wrote and approved each prompt",
  context: "Context",
  tokens: (used: string, size: string) => `${used} of ${size} tokens`,
  percent: (n: number) => `${n} %`,
  cost: "Cost so far",
  sessionTitle: "The agent's title",
  directory: "Directory",
  machine: "Machine",
  connected: "that of the user who shares the agent; connected",
  disconnected: (at: string) => `that of the user who shares the agent; no connection since ${at}`,
  background: "In the background",
  tasks: (n: number) => (n === 1 ? "1 task" : `${n} tasks`),
  switch: (on: boolean) => (on ? "On" : "Off"),
  values: { on: "On", off: "Off" },
  change: (option: string, value: string) => `${option}: ${value}. Change`,
  choose: (option: string) => `Values of ${option}`,
  more: (n: number) => `${n} more values are not listed`,
  setting: (value: string) => `Setting to ${value}…`,
  notSet: (value: string, reason: string) => `Not set to ${value}: ${reason}`,
  notRunning: "The options can be set while the agent runs.",
  asksNobody: "never asks",
  asksNobodyAbout: "According to the agent, it does not ask for permission in this mode.",
  commands: (listed: number, total: number) =>
    total > listed ? `Commands, ${listed} of ${total}` : "Commands",
};

export const people = {
  here: "here",
  away: "away",
  typingNow: "typing",
  verified: (userId: string) => `verified by the server as ${userId}`,
  typing: (names: string[]) =>
    names.length === 1
      ? `${names[0]} is typing`
      : names.length === 2
        ? `${names[0]} and ${names[1]} are typing`
        : `${names.length} people are typing`,
  menu: (who: string) => `Actions for ${who}`,
  makeViewer: "Make a viewer",
  makeCollaborator: "Make a collaborator",
  remove: "Remove from the session",
  removeAsk: (who: string) => `Remove ${who}?`,
  removeAbout:
    "They are disconnected at once, can no longer read, and cannot join again under this id.",
  reason: "Reason (optional, visible to everyone)",
  renew: "Replace the invite link",
  renewAbout: "The old link will stop working. You will see the new one next.",
  keepAbout: "Everyone who has the link can still join, including this person under another name.",
  departed: (n: number) => (n === 1 ? "1 guest has left" : `${n} guests have left`),
  others: "More people are being loaded.",
  wasRemoved: "removed",
  more: "Show more",
  notLoaded: "The list could not be loaded.",
  tryAgain: "Try again",
  endReading: (who: string) => `Remove ${who}, who has left`,
  removed: (who: string) => `${who} was removed`,
  renewed:
    "The invite link was replaced. People who have an old link need this one to join. People in the session stay.",
  decides: (who: string | null, is: "here" | "away" | "left") =>
    is === "left"
      ? `Nobody can decide: ${who === null ? "you have" : `${who} has`} left.`
      : who === null
        ? "You approve prompts and answer the agent."
        : is === "here"
          ? `${who} approves prompts and answers the agent.`
          : `${who} approves prompts and answers the agent, but is away.`,
  nobodyDecides: (who: string | null, waiting: number) =>
    (who === null
      ? "You have left, and nobody else can approve prompts or answer the agent. "
      : `${who} has left. Nobody can approve prompts or answer the agent until ${who} is back. `) +
    (waiting === 0 ? "" : waiting === 1 ? "1 item is waiting." : `${waiting} items are waiting.`),
  plan: "Plan",
  done: (n: number, of: number) => `${n} of ${of} done`,
  usage: "Context used",
};

export const shortcuts = {
  single: "/, ? and End are shortcuts",
  title: "Keyboard shortcuts",
  list: [
    ["Enter", "Send"],
    ["Shift + Enter", "New line"],
    ["Ctrl + .", "Switch between people and agent"],
    ["/", "Go to the composer"],
    ["Tab", "Go to the next waiting card, or its buttons"],
    ["A", "Approve the focused proposal"],
    ["E", "Edit it"],
    ["R", "Reject it"],
    ["1 … 9", "Answer the focused question"],
    ["End", "Jump to the latest"],
    ["?", "Show this list"],
  ] as [string, string][],
};
