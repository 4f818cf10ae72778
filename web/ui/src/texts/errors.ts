/** Texts of errors. */

export const errors = {
  /** Codes with a single meaning. Of others, the server's message says what has happened. */
  byCode: {
    COMMENT_NOT_ALLOWED: "You cannot talk in this session.",
    PROMPT_NOT_ALLOWED: "You cannot prompt in this session.",
    APPROVAL_ALREADY_RESOLVED: "This prompt was already decided on.",
    PERMISSION_ALREADY_RESOLVED: "This question was already answered.",
    ELICITATION_ALREADY_RESOLVED: "This request was already answered.",
    ELICITATION_NOT_FOUND: "The agent no longer asks for this.",
    PERMISSION_NOT_FOUND: "The agent no longer asks this.",
    PROMPT_NOT_AS_EXPECTED: "Whether prompts need approval has changed since this was written.",
    ATTACHMENT_NOT_FOUND: "The attached file is no longer there. Attach it again.",
    STORAGE_FULL: "The server has no room for more files.",
    TOO_MANY_PARTICIPANTS: "The session is full.",
    QUEUE_FULL: "Too many prompts are waiting for the agent.",
    TOO_MANY_AGENTS:
      "The server already runs as many agents as it allows. End one that is not needed, or try again later.",
    TOO_MANY_SESSIONS:
      "The server has as many sessions as it allows. Close one that is not needed, or try again later.",
    JOURNAL_UNAVAILABLE: "The server could not save that. Try again.",
    SESSION_INACTIVE: "The session is closed.",
    CONNECTION_LOST: "The connection was lost. This will be sent when you are back online.",
  } as Record<string, string>,
  generic: "Something went wrong.",
};
