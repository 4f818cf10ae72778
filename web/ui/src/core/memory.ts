/**
 * What this browser remembers: one's name, and the way back into sessions. The
 * tokens among it are as safe as the origin: no script but the application's
 * own runs there, and none of them goes into an address or a log.
 */

import { randomHex } from "./random.ts";

export interface Remembered {
  participant?: { id: string; token: string };
  /** One has left with that participant, and may still read. */
  left?: boolean;
  invite?: string;
  /** The newest event when that invite was known to be good. */
  inviteSince?: string | undefined;
  title?: string;
  role?: string;
  /** When it was last open. */
  at: number;
  /** The key of the newest row that was seen. */
  seen?: string;
  /** What one wants to be told of while one looks elsewhere, as core/bell.ts reads it. */
  bell?: unknown;
}

const nameKey = "parley:name";
const sessionKey = (id: string) => `parley:session:${id}`;

// Storage can be full, or forbidden; what is forgotten is asked for again.
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

/** Reads the name out of such an id; other ids stay as they are. */
export function nameInUserId(id: string): string {
  const slug = /^(.+)-[0-9a-f]{10}$/.exec(id)?.[1];
  return slug === undefined
    ? id
    : slug
        .split("-")
        .map((w) => w.slice(0, 1).toUpperCase() + w.slice(1))
        .join(" ");
}

/** A user id for a name: nobody reads it, and no two people have the same. */
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
