/** Texts of the forms and pages that an agent asks for. */

import type { FormField } from "parley-client";

const formats = {
  email: "an e-mail address",
  uri: "an address with a scheme, such as https://example.org/",
  date: "a date, such as 2026-03-01",
  "date-time": "a date and a time with its zone, such as 2026-03-01T10:00:00Z",
} as Record<string, string>;

function range(low: number | undefined, high: number | undefined, of: string): string {
  if (low !== undefined && high !== undefined)
    return low === high ? `${low}${of}` : `from ${low} to ${high}${of}`;
  if (low !== undefined) return `at least ${low}${of}`;
  return high !== undefined ? `at most ${high}${of}` : "";
}

function sentence(parts: string[]): string {
  const text = parts.filter((part) => part !== "").join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const forms = {
  asks: "The agent asks for input",
  asksPage: "The agent asks you to open a page",
  asksOfOther: "The agent asks for input: waiting for the host's answer",
  message: "Request",
  /** What a field accepts, apart from its pattern. */
  limits: (f: FormField) =>
    sentence([
      f.type === "integer" ? "a whole number" : f.type === "number" ? "a number" : "",
      formats[f.format ?? ""] ?? "",
      range(f.minLength, f.maxLength, " characters"),
      range(f.minimum, f.maximum, ""),
      range(f.minItems, f.maxItems, " of the options"),
    ]),
  pattern: "It must match the pattern",
  required: "A value is required",
  noNumber: "This is not a number of the required kind",
  optional: "optional",
  none: "No answer",
  yes: "Yes",
  no: "No",
  sentAs: "sent as",
  send: "Send",
  decline: "Decline",
  dismiss: "No answer",
  hidden: "This is what the agent will get",
  target: "It wants a page of this site to be opened:",
  targetNote:
    "Nothing is opened now. If you accept, the agent learns that, and only you get the whole address, as a link.",
  acceptPage: "Accept",
  open: "Open the page",
  address: "The address, for you alone",
  addressFailed: "The address could not be loaded.",
  about: (open: boolean) => (open ? "What it asks for" : "What it asked for"),
  accepted: (who: string, page: boolean) =>
    page ? `${who} accepted to open the page` : `${who} filled in the form`,
  opened: (who: string) => `${who} opens the page; the agent waits until it is done`,
  completed: (who: string) => `${who} opened the page, and it is done`,
  declined: (who: string) => `${who} declined the request for input`,
  dismissed: (who: string) => `${who} gave no answer to the request for input`,
  timeout: "Nobody answered the request for input in time",
  cancelled: "The request for input was cancelled with the turn",
  withdrawn: "The agent no longer asks for input",
  showAnswer: "Show what the agent was given",
  answer: "What the agent was given",
  refused: (reason: string) =>
    `The agent asked for input in a way that cannot be shown, and got an error: ${reason}`,
};
