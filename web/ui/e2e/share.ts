import { setTimeout } from "node:timers/promises";

import { Server, type Mode } from "parley-client";

/** Sends a request, again whenever the server asks to retry. */
async function post<T>(url: string, body: object): Promise<T> {
  for (;;) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text) as T;
    if (answer.status !== 429) throw new Error(`${url}: ${answer.status} ${text}`);
    await setTimeout((JSON.parse(text) as { retryAfterMs: number }).retryAfterMs);
  }
}

/** Returns the REST address of the session of a link. */
function apiOf(link: string): string {
  const at = new URL(link);
  return `${at.origin}/api/shared-sessions/${at.pathname.split("/")[2]}`;
}

/** Joins by a link. */
function whoBy(way: string): { participantId: string; participantToken: string } {
  const [participantId = "", participantToken = ""] = new URL(way).hash
    .slice("#p=".length)
    .split(":");
  return { participantId, participantToken };
}

/** Prompts the agent as a participant, without a page. */
export function propose(way: string, prompt: string): Promise<unknown> {
  return post(`${apiOf(way)}/prompts`, { ...whoBy(way), prompt });
}

/** Sends messages as a participant, without a page. */
export function say(way: string, text: string): Promise<unknown> {
  return post(`${apiOf(way)}/messages`, { ...whoBy(way), text });
}

/**
 * Shares a session of its own, with a demo agent of its own: one that does not pause, unless
 * the test names another.
 */
export async function share(
  server: string,
  mode = "prompt_with_approval",
  agent = "fast",
  more: { expiresInMinutes?: number; hostDisplayName?: string } = {},
): Promise<{ host: string; invite: string }> {
  const wanted = { hostUserId: "olga", hostDisplayName: "Olga", mode: mode as Mode, ...more };
  const { own, invite } = await new Server(server).startAndShare({ agent }, wanted);
  return { host: own, invite };
}

/** Has the quick agent call tools until the room has that many events, and waits for the end. */
export async function fill(host: string, events: number): Promise<void> {
  const api = apiOf(host);
  const who = whoBy(host);
  const headers = {
    Authorization: `Bearer ${who.participantToken}`,
    "Parley-Participant": who.participantId,
  };
  let { cursor } = (await (await fetch(api)).json()) as { cursor: string };
  while (numberOf(cursor) < events) {
    await propose(host, `calls ${events}`);
    for (let done = false; !done;) {
      const news = await fetch(`${api}/events?after=${cursor}&wait=30&limit=500`, { headers });
      const answer = (await news.json()) as { cursor: string; events: { type: string }[] };
      cursor = answer.cursor;
      done = answer.events.some((e) => e.type === "prompt_dispatch_completed");
    }
  }
}

/** A cursor begins with the number of its event, in eight bytes. */
function numberOf(cursor: string): number {
  return Number(Buffer.from(cursor, "base64url").readBigUInt64BE(0));
}

/**
 * Has as many guests as necessary send numbered messages, so that there is much to
 * scroll through.
 */
export async function talk(invite: string, count: number): Promise<void> {
  const each = 50; // what the server accepts from one participant at once
  for (let from = 0; from < count; from += each) {
    const talker = await member(invite, `talker-${from}`);
    for (let n = from; n < Math.min(from + each, count); n++) await say(talker, `Number ${n + 1}.`);
  }
}

/** Joins, and returns the participant's own link. */
export async function member(invite: string, userId: string): Promise<string> {
  const at = new URL(invite);
  const { participant } = await post<{ participant: { id: string; accessToken: string } }>(
    `${apiOf(invite)}/join`,
    { inviteToken: at.hash.slice("#i=".length), userId },
  );
  return `${at.origin}${at.pathname}#p=${participant.id}:${participant.accessToken}`;
}

/** Changes what guests may do, with the host's own link. */
export async function setMode(host: string, mode: string): Promise<void> {
  const who = whoBy(host);
  const answer = await fetch(`${apiOf(host)}/commands`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${who.participantToken}`,
      "Parley-Participant": who.participantId,
    },
    body: JSON.stringify({ id: `mode-${mode}`, type: "set_mode", payload: { mode } }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Closes the session, with the host's own link. */
export async function closeSession(host: string): Promise<void> {
  const answer = await fetch(apiOf(host), {
    method: "DELETE",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(whoBy(host)),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
