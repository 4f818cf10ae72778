/**
 * How the user signs in to a protected server as an operator. Over HTTPS the key is in a
 * cookie, which no script can read. Over plain HTTP browsers keep no such cookie, and the key
 * is in the storage of the origin.
 */

import { Server, type ServerAnswer } from "parley-client";

import { server } from "./place.ts";

const stored = "parley:operator";

function storedKey(): string | null {
  try {
    return localStorage.getItem(stored);
  } catch {
    return null; // storage is forbidden
  }
}

function store(key: string | null): void {
  try {
    if (key === null) localStorage.removeItem(stored);
    else localStorage.setItem(stored, key);
  } catch {
    // The user is signed in until the page is left.
  }
  held = key;
}

/** The key of this page, which storage may have refused. */
let held: string | null = null;

/** Requests as a page of this server, with the key if there is one. */
export function ownFetch(url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Parley-Page", "1");
  const key = held ?? storedKey();
  const identity = identityOf(key);
  if (identity && headers.has("Authorization")) headers.set("Parley-Identity", identity);
  else if (key && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${key}`);
  return fetch(url, { ...init, headers, credentials: "same-origin" });
}

/** Returns a key that proves which person the user is, and not only that of an operator. */
function identityOf(key: string | null): string | undefined {
  return key?.startsWith("parleyid_") ? key : undefined;
}

/** What makes the connection to a session that of the person who has signed in. */
export const asPerson = { fetch: ownFetch, identity: () => identityOf(held ?? storedKey()) };

const backTo = "parley:back-to";

/** Leaves for the identity provider. The user comes back to an address of this server. */
export function leaveToSignIn(address: string): void {
  try {
    sessionStorage.setItem(backTo, address);
  } catch {
    // The user comes back to the start page.
  }
  location.assign(`${server()}/api/sign-in/provider`);
}

/** Ends a sign-in at the identity provider. It returns the address to go on to, if there is one. */
export async function comeBack(): Promise<string | null> {
  await signIn({ provider: true });
  try {
    const address = sessionStorage.getItem(backTo);
    sessionStorage.removeItem(backTo);
    return address;
  } catch {
    return null;
  }
}

function requests(): Server {
  return new Server(server(), { fetch: ownFetch });
}

/** Tells what the server asks for, and as which operator the user is signed in. */
export async function describe(): Promise<ServerAnswer> {
  const answer = await requests().describe();
  // A sign-in that has ended would be refused even where anybody may join.
  if (!answer.operator && !answer.identity && identityOf(held ?? storedKey())) store(null);
  return answer;
}

/** Reports whether the server has refused a request because only operators may send it. */
export function isForOperators(e: unknown): boolean {
  const code = typeof e === "object" && e !== null && "code" in e ? e.code : null;
  return ["UNAUTHORIZED", "INVALID_OPERATOR_KEY", "INVALID_IDENTITY", "OWNER_REQUIRED"].includes(
    String(code),
  );
}

/** Returns what a user has entered: a key, or a sign-in link with a code. */
export function secretIn(text: string): { code: string } | { key: string } {
  const code = /#k=([^&]+)/.exec(text)?.[1];
  return code ? { code } : { key: text.trim() };
}

/** Signs in. It rejects with a ParleyError if the key or the link is not valid. */
export async function signIn(
  secret: { code: string } | { key: string } | { provider: true },
): Promise<void> {
  const cookie = location.protocol === "https:";
  store(null); // an earlier key may have been revoked
  const { key } = await requests().signIn(secret, { cookie });
  if (key) store(key);
}

/** Signs out of this browser. */
export async function signOut(): Promise<void> {
  await requests().signOut();
  store(null);
}
