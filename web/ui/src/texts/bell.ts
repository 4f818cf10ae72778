/** Texts of notifications. */

/** Says whose prompt it is: the reader's own for null, if it is known. */
function promptOf(who: string | null, known: boolean): string {
  if (!known) return "a prompt";
  return who === null ? "your prompt" : `${who}'s prompt`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const bell = {
  proposal: (who: string) => `${who} proposes a prompt`,
  permission: "The agent asks for permission",
  input: "The agent asks for input",
  permissionOfOther: "The agent asks for permission; the host answers",
  mention: (who: string) => `${who} mentions you`,
  approved: (who: string) => `${who} approved your prompt`,
  changed: (who: string) => `${who} changed your prompt and approved it`,
  rejected: (who: string) => `${who} rejected your prompt`,
  /** For the prompt of that person; for the reader's own if it is null. */
  done: (who: string | null, known: boolean) => `The agent is done with ${promptOf(who, known)}`,
  cancelled: (who: string | null, known: boolean) =>
    capital(`${promptOf(who, known)} was cancelled`),
  failed: (who: string | null, known: boolean) => capital(`${promptOf(who, known)} has failed`),
  title: "Notifications",
  about:
    "Shown by this browser for this session while you are looking elsewhere. They never include what was written.",
  kinds: {
    waiting: [
      "Something is waiting",
      "A proposal or a question that you can decide on, or a question in your turn",
    ],
    decided: ["My proposals", "Approved, changed or rejected"],
    mention: ["Mentions", "Someone writes @ and your full name"],
    ownTurn: ["The end of my turns", "Turns that you started or approved"],
    anyTurn: ["The end of every turn", ""],
  } as Record<string, [name: string, about: string]>,
  allow: "Allow notifications in this browser",
  denied:
    "Your browser does not allow notifications from this page. You can change that in its settings for the page.",
};
