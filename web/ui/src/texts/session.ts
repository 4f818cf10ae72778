/** Texts between a link and the room. */

export const invite = {
  title: "Invite people",
  label: "Invite link",
  copy: "Copy link",
  qr: "QR code of the invite link",
  terminal: "Or from a terminal",
  about: "Anyone with this link can join. Share it only with people you want in the session.",
  onlyHere:
    "This link works only on this computer, because it uses the computer's own address. To let others join, open this page at an address that they can reach.",
  unknown: (host: boolean, replaced: boolean) =>
    (replaced
      ? "The invite link that this browser knows was replaced and no longer works. "
      : "This browser does not know the invite link. ") +
    (host ? "You can make a new one, which replaces it." : "Ask the host for the current one."),
  over: "The session has ended, so nobody can join.",
  rotate: "Make a new link",
  replacing: "Making a new link…",
  rotated: "A new link was made. The old one no longer works.",
  rotateAbout: "The old link will stop working. People in the session stay.",
};

export const join = {
  titleTo: (host: string) => `${host} invites you to an agent session`,
  againTo: (host: string) => `Join ${host}'s session again`,
  leadAgain:
    "You join as a new participant. What you wrote before stays in the conversation, under your earlier name.",
  lead: "Watch a coding agent work live, talk with the others, and help steer it. The host decides who may do what.",
  name: "Your name",
  as: (name: string, userId: string) =>
    `You are signed in as ${name} (${userId}), which the others see as verified.`,
  signInWith: (provider: string) => `Sign in with ${provider}`,
  namePlaceholder: "How others see you",
  remembered: "Remembered in this browser for next time.",
  watch: "Just watch",
  watchAbout: "You will see everything, but cannot talk or prompt.",
  go: "Join the session",
  allows: "What this link allows",
  inside: (n: number) => (n === 1 ? "1 person in the session" : `${n} people in the session`),
  privacy:
    "The key to the session is the part of the link after #, which browsers do not send when they load a page.",
  terminal: "Prefer a terminal?",
  nameMissing: "Enter the name that others will see.",
  checking: "Checking the invite",
  unreachable: "The server is not responding",
  unreachableAbout:
    "The invite could not be checked yet. This page tries again as soon as the server can be reached.",
  busy: "The server is busy",
};

export const state = {
  incomplete: {
    title: "This link is incomplete",
    about:
      "The part after # is missing or was changed. Ask the host to send you the whole link again.",
  },
  notFound: {
    title: "There is no such session",
    about:
      "The link is mistyped, or the session was on another server. Check the link with the person who sent it.",
  },
  wrongInvite: {
    title: "This invite is no longer valid",
    about:
      "The host has replaced it, the link was changed, or the session was on another server. Ask the host for the current link.",
  },
  badCredentials: {
    title: "You cannot come back with this link",
    about:
      "It is no longer valid: you may have left, or returned from elsewhere. Ask the host for an invite link.",
  },
  signIn: {
    title: "Sign in to come back",
    about:
      "In this session you are a person whom the server has verified, and it can no longer tell that it is you.",
  },
  signInGo: "Sign in",
  removed: {
    title: "The host has removed you",
    about: "You can no longer join or read this session. If this was a mistake, contact the host.",
  },
  ended: {
    title: "This session is closed",
    about: "Nobody can join it. Ask the host to share a new session.",
  },
  expired: {
    title: "This session has expired",
    about: "Its time is up, so nobody can join. Ask the host to share a new session.",
  },
  full: {
    title: "This session is full",
    about: "It has reached its limit of participants. Try again when someone has left.",
  },
  taken: {
    title: "You are already in this session",
    about:
      "A participant with your user id is in the session, most likely you in another browser. Join under another name.",
  },
  left: {
    title: "You have left the session",
    about: "You can join again as a new participant, or keep reading without joining.",
  },
  leftHost: {
    title: "You have left your session",
    about:
      "Until you return, nobody can approve prompts or answer the agent. Whatever is waiting stays open.",
  },
  protocol: {
    title: "This page is out of date",
    about: "The server has a newer version. Reload the page.",
  },
  unloaded: {
    title: "This page is incomplete",
    about:
      "A part of it could not be loaded: the connection was lost, or the server has been updated. Reload the page.",
  },
  failed: { title: "That did not work", about: "The server answered with an error." },
  because: (reason: string) => `“${reason}”`,
  rejoin: "Join again",
  comeBack: "Return as the host",
  read: "Keep reading",
  reload: "Reload",
  anotherName: "Join under another name",
};

export const connection = {
  connecting: "Connecting",
  live: "Live",
  fallback: ", without WebSocket",
  fallbackAbout: "The network blocks WebSockets. Everything works except presence and typing.",
  lost: "Connection lost",
  again: ", reconnecting",
  retry: (s: number) => `, next try in ${s} s`,
  readOnly: "Read only",
  gap: "The server was restored to an earlier state of the session. This is all it has.",
};
