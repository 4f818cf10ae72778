/** Decodes what agents say about the terminals that they show. */

import { isObject, number, text, type Json } from "./json.js";

/** An update of a terminal. A missing member is unchanged. */
export interface TerminalNews {
  id: string;
  command?: string | null;
  cwd?: string | null;
  /** Whether the output begins anew. */
  restarts?: boolean;
  /** Output to append: a text, or bytes of UTF-8 that may end within a character. */
  output?: string | Uint8Array;
  /** Whether the output can begin with all of the output so far. */
  repeats?: boolean;
  exit?: TerminalExit | null;
  /** Whether people can stop it by itself. */
  canStop?: boolean;
}

/** How the command of a terminal ended. */
export interface TerminalExit {
  code: number | null;
  signal: string | null;
}

/**
 * Reads the terminal updates that agents of version 1 send in _meta of a tool call. Both
 * names of output mean text to append, but under terminal_output some agents repeat all
 * of it.
 */
export function readTerminals(meta: unknown): TerminalNews[] {
  if (!isObject(meta)) return [];
  const { terminal_info: info, terminal_exit: exit } = meta;
  const news: TerminalNews[] = [];
  const id = (v: Json) => text(v.terminal_id) ?? "";
  if (isObject(info) && typeof info.cwd === "string") news.push({ id: id(info), cwd: info.cwd });
  const { terminal_output: all, terminal_output_delta: more } = meta;
  if (isObject(all) && typeof all.data === "string")
    news.push({ id: id(all), output: all.data, repeats: true });
  if (isObject(more) && typeof more.data === "string")
    news.push({ id: id(more), output: more.data });
  if (isObject(exit)) {
    const code = number(exit.exit_code) ?? null;
    news.push({ id: id(exit), exit: { code, signal: text(exit.signal) ?? null } });
  }
  return news;
}

/** Reads a terminal_update or a terminal_output_chunk of version 2; null if it is malformed. */
export function readTerminalUpdate(u: Json): TerminalNews | null {
  const id = text(u.terminalId);
  if (id === undefined) return null;
  const news: TerminalNews = { id };
  if (u.command !== undefined) news.command = text(u.command) ?? null;
  if (u.cwd !== undefined) news.cwd = text(u.cwd) ?? null;
  if (u.output !== undefined) news.restarts = true;
  const data = isObject(u.output) ? u.output.data : u.data;
  if (data !== undefined) {
    const bytes = typeof data === "string" ? bytesOf(data) : null;
    if (bytes === null) return null;
    news.output = bytes;
  }
  if (u.exitStatus !== undefined) news.exit = readExit(u.exitStatus);
  if (u.capabilities !== undefined) news.canStop = offersStop(u.capabilities);
  return news;
}

/** Reports whether the capabilities of a tool call or a terminal say that it can be stopped. */
export function offersStop(capabilities: unknown): boolean {
  return isObject(capabilities) && isObject(capabilities.cancel);
}

function readExit(v: unknown): TerminalExit | null {
  if (!isObject(v)) return null;
  return { code: number(v.exitCode) ?? null, signal: text(v.signal) ?? null };
}

/** Decodes base64, with or without padding; returns null if it is malformed. */
export function bytesOf(data: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return null;
  try {
    return Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

/**
 * Decodes UTF-8 after the bytes of an incomplete character, and returns the text and the
 * bytes of an incomplete character at its end. Other malformed bytes become U+FFFD.
 */
export function decodeText(before: string, more: Uint8Array): { text: string; rest: string } {
  const all = Uint8Array.from([...before].map((c) => c.charCodeAt(0)));
  const bytes = new Uint8Array(all.length + more.length);
  bytes.set(all);
  bytes.set(more, all.length);
  const end = bytes.length - incomplete(bytes);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    text: decoder.decode(bytes.subarray(0, end)),
    rest: String.fromCharCode(...bytes.subarray(end)),
  };
}

/** Returns the number of bytes at the end that can be the beginning of a character. */
function incomplete(bytes: Uint8Array): number {
  for (let n = 1; n <= 3 && n <= bytes.length; n++) {
    const lead = bytes[bytes.length - n]!;
    if (lead >= 0x80 && lead < 0xc0) continue;
    const length = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    if (lead > 0xf4 || n >= length) return 0;
    return n === 1 || isSecond(lead, bytes[bytes.length - n + 1]!) ? n : 0;
  }
  return 0;
}

/** Reports whether a byte can be the second of a character, by Unicode's table 3-7. */
function isSecond(lead: number, second: number): boolean {
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second < 0xa0;
  if (lead === 0xf0) return second >= 0x90;
  if (lead === 0xf4) return second < 0x90;
  return true;
}
