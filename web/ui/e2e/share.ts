import { setTimeout } from "node:timers/promises";

import type { CreateAnswer } from "parley-client";

/** Posts, as often as the server asks to come again. */
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

/** The API of the session that a link leads to. */
function apiOf(link: string): string {
  const at = new URL(link);
  return `${at.origin}/api/shared-sessions/${at.pathname.split("/")[2]}`;
}

/** Who comes in by a link of their own. */
function whoBy(way: string): { participantId: string; participantToken: string } {
  const [participantId = "", participantToken = ""] = new URL(way).hash
    .slice("#p=".length)
    .split(":");
  return { participantId, participantToken };
}

/** Lets somebody prompt, as far as they may, without a page. */
export function propose(way: string, prompt: string): Promise<unknown> {
  return post(`${apiOf(way)}/prompts`, { ...whoBy(way), prompt });
}

/** Lets somebody talk, without a page. */
export function say(way: string, text: string): Promise<unknown> {
  return post(`${apiOf(way)}/messages`, { ...whoBy(way), text });
}

/** A shared session of its own, with a demo agent of its own. */
export async function share(
  server: string,
  mode = "prompt_with_approval",
  agent = "demo",
  more: { expiresInMinutes?: number; hostDisplayName?: string } = {},
): Promise<{ host: string; invite: string }> {
  const { session } = await post<{ session: { id: string } }>(`${server}/api/sessions`, { agent });
  const made = await post<CreateAnswer>(`${server}/api/shared-sessions`, {
    hostSessionId: session.id,
    hostUserId: "olga",
    hostDisplayName: "Olga",
    mode,
    ...more,
  });
  const room = `${server}/s/${made.session.id}`;
  return {
    host: `${room}#p=${made.hostParticipant.id}:${made.hostParticipant.accessToken}`,
    invite: `${room}#i=${made.inviteToken}`,
  };
}

/** Lets the agent of a host's room say long things until the room has that many events. */
export async function fill(host: string, events: number): Promise<void> {
  const api = apiOf(host);
  const who = whoBy(host);
  const headers = {
    Authorization: `Bearer ${who.participantToken}`,
    "Parley-Participant": who.participantId,
  };
  let cursor = ((await (await fetch(api)).json()) as { cursor: string }).cursor;
  while (numberOf(cursor) < events) {
    await propose(host, "long");
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

/** Lets as many people as it takes say numbered things, so that there is much to scroll through. */
export async function talk(invite: string, count: number): Promise<void> {
  const each = 50; // what one may say in one go
  for (let from = 0; from < count; from += each) {
    const talker = await member(invite, `talker-${from}`);
    for (let n = from; n < Math.min(from + each, count); n++) await say(talker, `Number ${n + 1}.`);
  }
}

/** Lets somebody join, and returns that person's own way in. */
export async function member(invite: string, userId: string): Promise<string> {
  const at = new URL(invite);
  const { participant } = await post<{ participant: { id: string; accessToken: string } }>(
    `${apiOf(invite)}/join`,
    { inviteToken: at.hash.slice("#i=".length), userId },
  );
  return `${at.origin}${at.pathname}#p=${participant.id}:${participant.accessToken}`;
}

/** Changes what guests may do, as the host whose own way in that is. */
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

/** Closes the session of the host whose own way in that is. */
export async function closeSession(host: string): Promise<void> {
  const answer = await fetch(apiOf(host), {
    method: "DELETE",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(whoBy(host)),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
