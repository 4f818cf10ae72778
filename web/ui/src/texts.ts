/** Every text of the application, in one place to translate. */

const modes = {
  view_only: { name: "View only", short: "View", about: "Collaborators can look." },
  comment_only: { name: "Talk only", short: "Talk", about: "Collaborators can look and talk." },
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
  waiting: "Agent waits for an answer",
  unresponsive: "Agent does not respond",
  detached: "Agent's machine is away",
  ending: "Agent is ending",
  exited: "Agent has ended",
} as Record<string, string>;

const agentWords = {
  starting: "Starting",
  idle: "Idle",
  running: "Working",
  waiting: "Waiting",
  unresponsive: "Not responding",
  detached: "Away",
  ending: "Ending",
  exited: "Ended",
} as Record<string, string>;

const optionKinds = {
  allow_once: "allows, once",
  allow_always: "allows, from now on",
  reject_once: "rejects, once",
  reject_always: "rejects, from now on",
} as Record<string, string>;

/** Whose prompt it is; null is the reader, unless nobody knows. */
function promptOf(who: string | null, known: boolean): string {
  if (!known) return "a prompt";
  return who === null ? "your prompt" : `${who}'s prompt`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const t = {
  app: "Parley",
  tagline: "Several people, one coding agent",
  mode: (m: string) => modes[m] ?? { name: m, short: m, about: "" },
  role: (r: string) => roles[r] ?? r,
  agent: (s: string) => agentStates[s] ?? s,
  agentShort: (s: string) => agentWords[s] ?? s,
  you: "you",
  somebody: "Somebody",
  quoted: (name: string) => `“${name}”`,
  loading: "Loading",
  close: "Close",
  cancel: "Cancel",
  done: "Done",
  copy: "Copy",
  copied: "Copied",
  retry: "Try again",
  home: "Start page",
  theme: { label: "Appearance", light: "Light", dark: "Dark", auto: "Like the system" },

  start: {
    title: "Sessions",
    lead: "Share a running coding agent: others join by a link, see its work live, talk, and propose prompts. You decide what reaches it.",
    share: "Share a session",
    search: "Search sessions",
    filter: { label: "Which sessions", active: "Open", mine: "Mine", all: "All" },
    none: "No sessions yet",
    noneOpen: "No session is open",
    noneMine: "You have not been in any session yet",
    noneMatch: "No session matches",
    noneAbout: "Share an agent's session, and send the link to the people who shall join.",
    noneHereAbout: "Look among all sessions, or share a session.",
    noneMatchAbout: "Try another word, or look among all sessions.",
    enter: "Enter",
    read: "Read",
    needsLink: "Needs an invite link",
    created: (when: string) => `created ${when}`,
    expires: (when: string) => `expires ${when}`,
    closed: "Closed",
    expired: "Expired",
    open: "Open",
    agents: "Agents",
    agentsAbout: "What can be started on this server.",
    noAgents: "This server has no agents to start.",
    startAgent: (name: string) => `Share ${name}`,
    haveLink: "Have a link?",
    haveLinkAbout: "Paste an invite link",
    linkLabel: "Invite link",
    badLink: "This is not a link to a session.",
    otherServer: "This link leads to another server. Open it in a new tab.",
    join: "Join",
    failed: "The sessions cannot be read right now.",
    protected:
      "This server lists its sessions for its operators only. With an invite link you can join all the same.",
    terminal: "From a terminal",
    terminalAbout: "The same rooms, in text:",
    terminalCommand: "parley join 'LINK'",
  },

  running: {
    title: "Running agents",
    end: "End…",
    endOne: (name: string) => `End ${name}…`,
    sessions: (n: number) =>
      n === 0 ? "no open session" : n === 1 ? "1 open session" : `${n} open sessions`,
    ask: (name: string) => `End ${name}?`,
    about:
      "This ends its process and everything that it has started. Prompts that are running or waiting fail.",
    noneOpen: "No open session uses it.",
    openOn: (n: number) =>
      n === 1
        ? "This open session uses it. People can still read and talk there, but prompts no longer reach an agent:"
        : `These ${n} open sessions use it. People can still read and talk there, but prompts no longer reach an agent:`,
    confirm: "End the agent",
    others: "It also works for these sessions:",
  },

  share: {
    title: "Share a session",
    what: "What to share",
    fresh: "Start a new agent",
    running: "A running agent",
    agent: "Agent",
    session: "Running session",
    name: "Your name",
    namePlaceholder: "How others see you",
    titleLabel: "Title",
    titlePlaceholder: "What this is about (optional)",
    mode: "What others may do",
    expiry: "Open for",
    expiries: {
      "60": "1 hour",
      "480": "8 hours",
      "1440": "1 day",
      "10080": "1 week",
      "0": "No end",
    } as Record<string, string>,
    create: "Share",
    starting: (agent: string) => `Starting ${agent}. The first time may take minutes.`,
    giveUp: "Give up",
    doneTitle: "Your session is ready",
    enter: "Enter the room",
    nameMissing: "Enter the name that others will see.",
  },

  waits: {
    silent: (time: string) => `The agent has said nothing for ${time}`,
    silentShort: (time: string) => `Silent for ${time}`,
    silentSince: (at: string) => `The agent has said nothing since ${at}`,
    starting: (detail: string) => `The agent is starting: ${detail}`,
  },

  invite: {
    title: "Invite people",
    label: "Invite link",
    copy: "Copy link",
    qr: "QR code of the invite link",
    terminal: "Or from a terminal",
    about: "Anyone with this link can join. Give it only to people you want inside.",
    onlyHere:
      "This link works on this computer only, since its address is that of the computer itself. To let others in, open this page under an address that they can reach.",
    unknown: (host: boolean, replaced: boolean) =>
      (replaced
        ? "The invite link that this browser knows was replaced and no longer works. "
        : "The invite link is not known in this browser. ") +
      (host ? "You can make a new one, which replaces it." : "Ask the host for the current one."),
    over: "The session has ended, so nobody can join.",
    rotate: "Make a new link",
    replacing: "A new link is being made…",
    rotated: "New link made. The old one no longer works.",
    rotateAbout: "Makes the old link stop working. People in the session stay.",
  },

  join: {
    titleTo: (host: string) => `${host} invites you to an agent session`,
    lead: "Follow a coding agent's work live, talk with the others, and help to steer it. The host decides who may do what.",
    name: "Your name",
    namePlaceholder: "How others see you",
    remembered: "Kept in this browser for the next time.",
    watch: "Just watch",
    watchAbout: "You will see everything, without talking or prompting.",
    go: "Join the session",
    allows: "What this link allows",
    inside: (n: number) => (n === 1 ? "1 person inside" : `${n} people inside`),
    privacy:
      "The key to the session is in the part of the link after #, which your browser keeps to itself.",
    terminal: "Prefer a terminal?",
    nameMissing: "Enter the name that others will see.",
    checking: "Checking the invite",
    unreachable: "The server does not answer",
    unreachableAbout:
      "Whether the invite is good is not known yet. It is checked again by itself, as soon as the server can be reached.",
    busy: "The server has too much to do",
  },

  state: {
    incomplete: {
      title: "This link is not complete",
      about:
        "The part after # is missing, or was changed on the way. Ask the host to send you the whole link again.",
    },
    notFound: {
      title: "There is no such session",
      about:
        "The link is mistyped, or the session was on another server. Check the link with the person who sent it.",
    },
    wrongInvite: {
      title: "This invite is no longer good",
      about:
        "The host has replaced it, or the link was changed on the way. Ask the host for the current link.",
    },
    badCredentials: {
      title: "You cannot come back with this link",
      about:
        "It is no longer good: you may have left, or come back from elsewhere. Ask the host for an invite link.",
    },
    removed: {
      title: "The host has removed you",
      about:
        "You cannot join this session any more, nor read it. If that was a mistake, talk to the host.",
    },
    ended: {
      title: "This session is closed",
      about: "Nobody can join it. Ask the host to share a new session.",
    },
    expired: {
      title: "This session has expired",
      about: "Its time is over, so nobody can join. Ask the host to share a new session.",
    },
    full: {
      title: "This session is full",
      about: "It has as many participants as it can hold. Try again when one has left.",
    },
    taken: {
      title: "You are in this session already",
      about:
        "A participant with your user id is in the session, most likely you in another browser. Join under another name.",
    },
    left: {
      title: "You have left the session",
      about:
        "You can join again with the invite link, as a new participant, and read what is said without joining.",
    },
    leftHost: {
      title: "You have left your session",
      about:
        "Until you are back, nobody can approve prompts or answer the agent. What waits stays open.",
    },
    protocol: {
      title: "This page is out of date",
      about: "The server speaks a newer version. Load the page again.",
    },
    unloaded: {
      title: "This page is not complete",
      about:
        "A part of it could not be loaded: the connection is lost, or the server was updated meanwhile. Load the page again.",
    },
    failed: { title: "That did not work", about: "The server answered with an error." },
    because: (reason: string) => `“${reason}”`,
    rejoin: "Join again",
    comeBack: "Come back as the host",
    read: "Read it",
    reload: "Load again",
    anotherName: "Join under another name",
  },

  room: {
    titleBy: (host: string) => `${host}'s session`,
    menu: "More",
    people: "People",
    peopleCount: (n: number) => `People, ${n} here`,
    invite: "Invite",
    leave: "Leave the session",
    closeSession: "Close the session for all",
    closeAsk: "Close the session for everybody?",
    closeAbout:
      "Nobody can join or talk any more. Those who took part can still read what was said, with their own links.",
    leaveAsk: "Leave the session?",
    leaveAbout: (own: number) =>
      (own === 0
        ? ""
        : own === 1
          ? "Your proposal stays, and the host can still approve it. "
          : `Your ${own} proposals stay, and the host can still approve them. `) +
      "You can join again with the invite link, as a new participant, or go on reading without joining.",
    leaveHost:
      "Until you are back, nobody can approve prompts, answer the agent's questions or close the session. Your own link leads you back in, as the host; this browser keeps it.",
    leaveWaiting: (proposals: number, questions: number) => {
      const what = [
        proposals === 1 ? "1 proposal" : proposals > 1 ? `${proposals} proposals` : "",
        questions === 1 ? "1 question" : questions > 1 ? `${questions} questions` : "",
      ].filter((part) => part !== "");
      if (what.length === 0) return "Nothing waits for you now. What is proposed meanwhile waits.";
      const [waits, stays] = proposals + questions === 1 ? ["waits", "stays"] : ["wait", "stay"];
      const late = questions > 0 ? " A question that nobody answers in time is rejected." : "";
      return `${what.join(" and ")} ${waits} for you, and ${stays} open until you are back.${late}`;
    },
    ownLink: "Your own link",
    notify: "Notify me in this browser",
    notifyOn: "Notifications are on",
    notifyOff: "Notifications are off",
    shortcuts: "Keyboard shortcuts",
    terminal: "Join from a terminal",
    terminalAbout:
      "The same room as text. This is your own link: everyone who has it acts under your name.",
    modeLabel: (name: string) => `Mode: ${name}`,
    changeMode: "What collaborators may do",
    cancelTurn: "Stop the agent",
    stopAgent: "End the agent's process",
    stopAgentAsk: "End the agent's process?",
    stopAgentAbout: "The turn that runs fails. The agent is started again when it can be.",
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
        ? "Invite the others, or give the agent its first prompt."
        : may
          ? "Write to the others, or propose what the agent shall do."
          : "You will see everything here as it happens.",
    skip: "Skip to the composer",
  },

  facts: {
    open: "About the agent",
    title: "What is known about the agent",
    program: "Agent",
    context: "Context",
    tokens: (used: string, size: string) => `${used} of ${size} tokens`,
    percent: (n: number) => `${n} %`,
    cost: "Cost so far",
    sessionTitle: "The agent's title",
    directory: "Directory",
    switch: (on: boolean) => (on ? "On" : "Off"),
    asksNobody: "asks nobody",
    asksNobodyAbout: "According to the agent, it does not ask people for permission in this mode.",
    commands: (listed: number, total: number) =>
      total > listed ? `Commands, ${listed} of ${total}` : "Commands",
  },

  connection: {
    connecting: "Connecting",
    live: "Live",
    fallback: ", without WebSocket",
    fallbackAbout: "The network blocks WebSockets. Everything works but for presence and typing.",
    lost: "Connection lost",
    again: ", coming back",
    retry: (s: number) => `, next try in ${s} s`,
    closed: "Not connected",
    readOnly: "Read only",
    gap: "The server went back to an earlier copy of the session. This is what it knows.",
  },

  people: {
    here: "here",
    away: "away",
    left: "Left",
    typingNow: "typing",
    typing: (names: string[]) =>
      names.length === 1
        ? `${names[0]} is typing`
        : names.length === 2
          ? `${names[0]} and ${names[1]} are typing`
          : `${names.length} people are typing`,
    menu: (who: string) => `What to do with ${who}`,
    makeViewer: "Make a viewer",
    makeCollaborator: "Make a collaborator",
    remove: "Remove from the session",
    removeAsk: (who: string) => `Remove ${who}?`,
    removeAbout:
      "They are disconnected at once, can no longer read, and cannot join again under this id.",
    reason: "Reason (everyone sees it, optional)",
    renew: "Replace the invite link",
    renewAbout: "The old link no longer works. You see the new one next.",
    keepAbout:
      "Everyone who has the link can still join, including this person under another name.",
    departed: (n: number) => (n === 1 ? "1 guest has left" : `${n} guests have left`),
    others: "There are others, whose names are being loaded.",
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
          ? "You decide on what waits."
          : is === "here"
            ? `${who} decides on what waits.`
            : `${who} decides on what waits, and is away.`,
    nobodyDecides: (who: string | null, waiting: number) =>
      (who === null
        ? "You have left, and nobody else can approve prompts or answer the agent. "
        : `${who} has left. Nobody can approve prompts or answer the agent until ${who} is back. `) +
      (waiting === 0 ? "" : waiting === 1 ? "1 thing waits." : `${waiting} things wait.`),
    plan: "Plan",
    done: (n: number, of: number) => `${n} of ${of} done`,
    usage: "Context used",
  },

  composer: {
    label: { chat: "Message", prompt: "Prompt" },
    to: "Write to",
    chat: "People",
    prompt: "Agent",
    chatPlaceholder: "Message everybody",
    promptPlaceholder: "Prompt the agent",
    proposePlaceholder: "Propose a prompt; the host approves it",
    send: "Send",
    propose: "Propose",
    run: "Prompt",
    viewOnly: "You are watching. The host decides who may talk.",
    viewer: "You are a viewer: you see everything, without talking.",
    ended: (expired: boolean) =>
      `This session ${expired ? "has expired" : "is closed"}. You can still read it.`,
    reading: "You have left. You can read what happens.",
    hint: "Enter sends, Shift+Enter starts a new line",
    tooLong: (over: number) => `${over} bytes too long`,
    replyTo: (who: string) => `Reply to ${who}`,
    dropReply: "Do not reply",
    queued: "The agent is working: your prompt comes next.",
    queuedProposal: "The agent is working: your prompt comes next once it is approved.",
    unsent: (n: number) =>
      n === 1
        ? "1 message will be sent when you are back"
        : `${n} messages will be sent when you are back`,
    refused: (n: number) => (n === 1 ? "1 message was not sent" : `${n} messages were not sent`),
    showUnsent: "Show",
    full: "So much is not sent yet that this has to wait, too",
    commands: "The agent's commands",
  },

  /** What one has written and the server has not acknowledged. */
  unsent: {
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
  },

  waiting: {
    count: (n: number) => (n === 1 ? "1 waits for you" : `${n.toLocaleString("en")} wait for you`),
    proposes: (who: string) => `${who} proposes`,
    prompt: "Prompt",
    approve: "Approve",
    approveEdited: "Approve edited",
    edit: "Edit",
    reject: "Reject",
    rejectFor: "Why? (told to all, optional)",
    editLabel: "The prompt as the agent shall get it",
    sent: "This is what the agent gets",
    rest: (size: string) =>
      `This is only the beginning. All of it, ${size}, is being loaded: you can decide when it is here.`,
    restFailed: "This is only the beginning, and the rest could not be loaded.",
    asks: "The agent asks",
    option: "Option",
    /** What an option does, whatever the agent calls it. */
    does: (kind: string) => optionKinds[kind] ?? "of no known kind",
  },

  chat: {
    reply: (who: string) => `Reply to ${who}`,
    unknownMessage: "an earlier message",
  },

  prompt: {
    proposes: "proposes a prompt",
    prompts: "prompts the agent",
    proposed: (who: string) => `${who} proposed`,
    prompted: (who: string) => `${who} prompted`,
    states: {
      pending: "Waits for the host",
      approved: "Approved",
      queued: "In the queue",
      running: "Running",
      cancelling: "Being cancelled",
      done: "Done",
      cancelled: "Cancelled",
      failed: "Failed",
      rejected: "Rejected",
      undecided: "Not decided",
    } as Record<string, string>,
    ahead: (n: number) => (n === 1 ? "after 1 other turn" : `after ${n} other turns`),
    approvedBy: (who: string) => `approved by ${who}`,
    editedBy: (who: string) => `edited and approved by ${who}`,
    rejectedBy: (who: string) => `rejected by ${who}`,
    cancelledBy: (who: string) => `cancelled by ${who}`,
    original: "As it was proposed",
    withdraw: "Cancel this prompt",
  },

  turn: {
    starts: "The agent begins",
    done: "Done",
    cancelled: "Cancelled",
    failed: "Failed",
    in: (time: string) => `in ${time}`,
    after: (time: string) => `after ${time}`,
    reasons: {
      end_turn: "",
      cancelled: "",
      max_tokens: "it ran out of tokens",
      max_turn_requests: "it reached its limit of requests",
      refusal: "the agent refused",
    } as Record<string, string>,
  },

  agentSays: {
    name: "Agent",
    thought: "Thought",
    thinking: "Thinking",
    userEcho: "Said to the agent",
    image: "Picture from the agent",
    table: "Table",
    noRemote: (alt: string) => `Picture not loaded: ${alt}`,
    unknownBlock: "Something this version cannot show",
    resource: "Attached text",
    whole: "Show all of it",
  },

  tool: {
    kinds: {
      read: "Read",
      edit: "Edit",
      delete: "Delete",
      move: "Move",
      search: "Search",
      execute: "Run",
      think: "Think",
      fetch: "Fetch",
      switch_mode: "Switch mode",
      other: "Tool",
    } as Record<string, string>,
    states: {
      pending: "Waiting",
      in_progress: "Running",
      completed: "Done",
      failed: "Failed",
      unfinished: "Unfinished",
    } as Record<string, string>,
    untitled: "A tool",
    input: "Input",
    output: "Output",
    newFile: "new file",
    lines: (n: number) => (n === 1 ? "1 line" : `${n} lines`),
    moreLines: (n: number) => `Show ${n.toLocaleString("en")} more lines`,
    exited: (code: number) => `Exited with code ${code}`,
    killed: (signal: string) => `Ended by signal ${signal}`,
    ended: "Ended",
    dropped: (n: number) => `${n.toLocaleString("en")} older characters are no longer kept here.`,
    terminal: "Terminal",
    files: "Files",
    restOf: (characters: number) => `Input, ${characters.toLocaleString("en")} characters`,
    title: "Title",
    command: "Command",
    cwd: "In",
    env: "With",
    before: "Before",
    after: "After",
    someMoreLines: (n: number, of: number) =>
      `Show ${n.toLocaleString("en")} of ${of.toLocaleString("en")} more lines`,
    fewer: "Show less",
    hidden: (n: number) => (n === 1 ? "1 unchanged line" : `${n} unchanged lines`),
    tooBig: "This change is too big to compare. Both versions are shown as they are.",
    diff: (path: string) => `Changes to ${path}`,
    outputOf: (title: string) => `Output of ${title}`,
    noChange: "No lines differ.",
  },

  code: {
    copy: "Copy this code",
    copyLines: (n: number) => `Copy all ${n.toLocaleString("en")} lines`,
    copiedWithout: (n: number) =>
      n === 1
        ? "Copied without 1 hidden character"
        : `Copied without ${n.toLocaleString("en")} hidden characters`,
    showAll: (n: number) => `Show all ${n.toLocaleString("en")} lines`,
  },

  whole: {
    text: "Text",
    goesOn: (n: number) => `… ${n.toLocaleString("en")} more characters`,
    before: (n: number) => `${n.toLocaleString("en")} characters before this …`,
    moreBefore: (n: number) => `Show more of the ${n.toLocaleString("en")} characters before this`,
    moreAfter: (n: number) => `Show more of the ${n.toLocaleString("en")} characters after this`,
    json: "JSON",
    download: "Download",
    downloadOf: (what: string) => `Download: ${what}`,
    showAll: (what: string, lines: number, characters: number) =>
      lines > 1
        ? `Show all: ${what}, ${lines.toLocaleString("en")} lines, ${characters.toLocaleString("en")} characters`
        : `Show all: ${what}, ${characters.toLocaleString("en")} characters`,
  },

  hidden: {
    character: (name: string) => `${name}, a hidden character`,
    warning: (n: number) =>
      n === 1
        ? "This contains 1 hidden character, shown as its code."
        : `This contains ${n.toLocaleString("en")} hidden characters, shown as their codes.`,
    remove: "Remove",
  },

  plan: {
    title: "Plan",
    states: { pending: "to do", in_progress: "in progress", completed: "done" } as Record<
      string,
      string
    >,
  },

  permission: {
    asks: "The agent asks for permission",
    waits: "waits for the host's answer",
    about: (open: boolean) => (open ? "What it asks about" : "What it asked about"),
    answered: (who: string, what: string) => `${who}: ${what}`,
    byPolicy: (what: string) => `Answered by the session's setting: ${what}`,
    byTimeout: (what: string) => `Nobody answered in time: ${what}`,
    cancelled: "Cancelled with the turn",
    withdrawn: "The agent no longer asks",
    rejectedDefault: "rejected",
  },

  other: {
    title: (name: string, n: number) => (n === 1 ? name : `${name}, ${n} times`),
  },

  notice: {
    created: "The session was created",
    joined: (who: string) => `${who} joined`,
    left: (who: string) => `${who} left`,
    removed: (who: string) => `${who} was removed`,
    role: (who: string, role: string) => `${who} is now ${role.toLowerCase()}`,
    mode: (who: string, mode: string) => `${who} changed the mode: ${mode}`,
    invite: (who: string) => `${who} made a new invite link`,
    agentMode: (mode: string) => `The agent changed its mode: ${mode}`,
    closed: "The session was closed",
    expired: "The session has expired",
    forgot: "The agent was restarted and does not remember what was said before",
    stray:
      "The agent also writes lines that are not protocol messages; they are in the server's log only",
    because: (reason: string) => `: ${reason}`,
  },

  bell: {
    proposal: (who: string) => `${who} proposes a prompt`,
    permission: "The agent asks for permission",
    permissionOfOther: "The agent asks for permission. The host answers",
    mention: (who: string) => `${who} mentions you`,
    approved: (who: string) => `${who} approved your prompt`,
    changed: (who: string) => `${who} changed your prompt and approved it`,
    rejected: (who: string) => `${who} rejected your prompt`,
    /** Of the prompt of somebody; of one's own where that is null. */
    done: (who: string | null, known: boolean) => `The agent is done with ${promptOf(who, known)}`,
    cancelled: (who: string | null, known: boolean) =>
      capital(`${promptOf(who, known)} was cancelled`),
    failed: (who: string | null, known: boolean) => capital(`${promptOf(who, known)} has failed`),
    title: "Notifications",
    about:
      "In this browser, for this session, while you look elsewhere. They never show what was written.",
    kinds: {
      waiting: [
        "Something waits",
        "A proposal or a question that you can decide on, or a question in your turn",
      ],
      decided: ["My proposals", "Approved, changed or rejected"],
      mention: ["Mentions", "Somebody writes @ and your whole name"],
      ownTurn: ["The end of my turns", "Those that you began or approved"],
      anyTurn: ["The end of every turn", ""],
    } as Record<string, [name: string, about: string]>,
    allow: "Allow notifications in this browser",
    denied:
      "Your browser does not allow notifications from this page. You can change that in its settings for the page.",
  },

  shortcuts: {
    single: "/, ? and End are shortcuts",
    title: "Keyboard shortcuts",
    list: [
      ["Enter", "Send"],
      ["Shift + Enter", "New line"],
      ["Ctrl + .", "Switch between people and agent"],
      ["/", "Go to the composer"],
      ["Tab", "Go to the next card that waits, or its buttons"],
      ["A", "Approve, in the proposal that has the focus"],
      ["E", "Edit it"],
      ["R", "Reject it"],
      ["1 … 9", "Answer, in the question that has the focus"],
      ["End", "Jump to the latest"],
      ["?", "This list"],
    ] as [string, string][],
  },

  errors: {
    byCode: {
      COMMENT_NOT_ALLOWED: "You may not talk in this session.",
      PROMPT_NOT_ALLOWED: "You may not prompt in this session.",
      HOST_REQUIRED: "Only the host may do that.",
      APPROVAL_ALREADY_RESOLVED: "This prompt was decided on already.",
      PERMISSION_ALREADY_RESOLVED: "This question was answered already.",
      PERMISSION_NOT_FOUND: "The agent no longer asks this.",
      NOTHING_TO_CANCEL: "There is nothing to stop any more.",
      PROMPT_NOT_AS_EXPECTED:
        "Whether prompts need an approval has changed since this was written.",
      TOO_LARGE: "This is too long.",
      RATE_LIMITED: "That was too fast. Wait a moment.",
      TOO_MANY_PENDING: "Too many prompts wait for the host. Wait until some are decided on.",
      TOO_MANY_PARTICIPANTS: "The session is full.",
      QUEUE_FULL: "Too many prompts wait for the agent.",
      TOO_MANY_AGENTS:
        "The server already runs as many agents as it allows. End one that is not needed, or try again later.",
      JOURNAL_UNAVAILABLE: "The server could not write that down. Try again.",
      SESSION_INACTIVE: "The session is closed.",
      CONNECTION_LOST: "The connection is lost. It will be sent when you are back.",
    } as Record<string, string>,
    generic: "That did not work.",
  },
};
