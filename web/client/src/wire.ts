import type { ServerMessages, SessionEvent } from "./protocol.gen.js";
import type { UnknownLine } from "./state.js";

/** A line of the server, of a type that this version knows. */
export type Line =
  | { [Type in keyof ServerMessages]: { type: Type } & ServerMessages[Type] }[keyof ServerMessages]
  | SessionEvent;

/** Writes a command as one line. */
export function encodeCommand(id: string, type: string, payload: object): string {
  return JSON.stringify({ id, type, payload });
}

/**
 * Reads one line of the server. It is taken at its word, since a newer server
 * may say more; that it has a type is all that is checked.
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

/** Reads JSON, with every number as it was written. */
export function decodeJSON(text: string): unknown {
  return longInteger.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
}

const longInteger = /\d{16}/;

// An integer that no double holds is kept as it was written, where there is
// JSON.rawJSON. Only what an agent says can have one.
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const { rawJSON } = JSON as { rawJSON?: (source: string) => unknown };
  return rawJSON && context?.source ? rawJSON(context.source) : value;
}

/** Yields the lines of a WebSocket message. U+2028 and its like end none. */
export function* splitLines(message: string): Generator<string> {
  for (const line of message.split("\n")) {
    if (line.trim()) yield line;
  }
}

/** An id for a command. crypto.randomUUID would be for secure origins alone. */
export function newID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Whether a line has more bytes than that, without counting where it is clear. */
export function isLonger(line: string, bytes: number): boolean {
  return line.length * 3 > bytes && new TextEncoder().encode(line).length > bytes;
}

/** The answer to a command that the server would end the connection for. */
export function tooLarge(id: string): Line {
  const message = "the command is larger than the server takes";
  return { type: "error", id, error: { code: "TOO_LARGE", message, retryable: false } };
}
