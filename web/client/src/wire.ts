import type { ServerMessages, SessionEvent } from "./protocol.gen.js";
import type { UnknownLine } from "./state.js";

/** A line of the server of a known type. */
export type Line =
  | { [Type in keyof ServerMessages]: { type: Type } & ServerMessages[Type] }[keyof ServerMessages]
  | SessionEvent;

/** Encodes a command as one line. */
export function encodeCommand(id: string, type: string, payload: object): string {
  return JSON.stringify({ id, type, payload });
}

/**
 * Decodes a line of the server. It checks only that the line has a type, since a newer
 * server may send more than is known here.
 */
export function decodeLine(text: string): Line | UnknownLine {
  const line = decodeJSON(text);
  if (
    typeof line === "object" &&
    line !== null &&
    "type" in line &&
    typeof line.type === "string"
  ) {
    return line as Line | UnknownLine;
  }
  throw new SyntaxError("the server sent a line without a type");
}

/** Decodes JSON, with the exact value of every number. */
export function decodeJSON(text: string): unknown {
  return longInteger.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
}

const longInteger = /\d{16}/;

// An integer that no double represents keeps its digits, if the platform has
// JSON.rawJSON. Only the agent's data can contain one.
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const { rawJSON } = JSON as { rawJSON?: (source: string) => unknown };
  return rawJSON && context?.source ? rawJSON(context.source) : value;
}

/** Yields the lines of a WebSocket message. U+2028 and the like do not end a line. */
export function* splitLines(message: string): Generator<string> {
  for (const line of message.split("\n")) {
    if (line.trim()) yield line;
  }
}

/** Returns an id for a command. crypto.randomUUID needs a secure origin. */
export function newID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * Reports whether a line has more bytes than that. It encodes the line only if its
 * length does not tell.
 */
export function isLonger(line: string, bytes: number): boolean {
  return line.length * 3 > bytes && new TextEncoder().encode(line).length > bytes;
}

/**
 * Returns the answer to a command that is too large to send: the server would close the
 * connection.
 */
export function tooLarge(id: string): Line {
  const message = "the command is larger than the server takes";
  return { type: "error", id, error: { code: "TOO_LARGE", message, retryable: false } };
}
