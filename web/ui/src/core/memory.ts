/**
 * What this browser remembers: the user's name, and credentials for sessions. They are
 * as safe as the origin: no other scripts run there, and no secret appears in an
 * address or a log.
 */

import { randomHex } from "./random.ts";

export interface Remembered {
  participant?: { id: string; token: string };
  /** The user has left as that participant, and may still read. */
  left?: boolean;
  invite?: string;
  /** The newest event at which that invite was known to be valid. */
  inviteSince?: string | undefined;
  title?: string;
  role?: string;
  /** When the session was last open, in milliseconds. */
  at: number;
  /** The key of the newest row that the user has seen. */
  seen?: string;
  /** Which notifications the user wants, in the form that core/bell.ts reads. */
  bell?: unknown;
}

const nameKey = "parley:name";
const directoryKey = (agent: string) => `parley:directory:${agent}`;
const sessionKey = (id: string) => `parley:session:${id}`;

// Storage can be full or forbidden. What is lost is asked for again.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    /* as above */
  }
}

export function rememberedName(): string {
  return read(nameKey) ?? "";
}

export function rememberName(name: string): void {
  write(nameKey, name);
}

export function recall(session: string): Remembered | null {
  try {
    const v: unknown = JSON.parse(read(sessionKey(session)) ?? "null");
    return typeof v === "object" && v !== null ? (v as Remembered) : null;
  } catch {
    return null;
  }
}

export function remember(session: string, change: Partial<Remembered>): void {
  const next = { at: Date.now(), ...recall(session), ...change };
  write(sessionKey(session), JSON.stringify(next));
}

/** Forgets the participant, but not the invite, which may still be valid. */
export function forgetParticipant(session: string): void {
  const { participant: _, ...rest } = recall(session) ?? { at: Date.now() };
  write(sessionKey(session), JSON.stringify(rest));
}

export function preference(key: string): string | null {
  return read(`parley:${key}`);
}

export function prefer(key: string, value: string): void {
  write(`parley:${key}`, value);
}

/** Returns the working directory that was last chosen for an agent; "" for its own. */
export function rememberedDirectory(agent: string): string {
  return read(directoryKey(agent)) ?? "";
}

export function rememberDirectory(agent: string, directory: string): void {
  write(directoryKey(agent), directory || null);
}

/** Returns the name in a user id made by newUserId; other ids are returned unchanged. */
export function nameInUserId(id: string): string {
  const slug = /^(.+)-[0-9a-f]{10}$/.exec(id)?.[1];
  return slug === undefined
    ? id
    : slug
        .split("-")
        .map((w) => w.slice(0, 1).toUpperCase() + w.slice(1))
        .join(" ");
}

/** Returns a unique user id that contains the name. */
export function newUserId(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 24);
  return `${slug || "guest"}-${randomHex(5)}`;
}
