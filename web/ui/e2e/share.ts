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
  const at = new URL(host);
  const api = `${at.origin}/api/shared-sessions/${at.pathname.split("/")[2]}`;
  const [participantId, participantToken] = at.hash.slice("#p=".length).split(":");
  const headers = {
    Authorization: `Bearer ${participantToken}`,
    "Parley-Participant": participantId!,
  };
  const who = { participantId, participantToken };
  let cursor = ((await (await fetch(api)).json()) as { cursor: string }).cursor;
  while (numberOf(cursor) < events) {
    await post(`${api}/prompts`, { ...who, prompt: "long" });
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
  const at = new URL(invite);
  const api = `${at.origin}/api/shared-sessions/${at.pathname.split("/")[2]}`;
  const inviteToken = at.hash.slice("#i=".length);
  for (let from = 0; from < count; from += each) {
    const userId = `talker-${from}`;
    const { participant } = await post<{ participant: { id: string; accessToken: string } }>(
      `${api}/join`,
      {
        inviteToken,
        userId,
      },
    );
    for (let n = from; n < Math.min(from + each, count); n++) {
      await post(`${api}/messages`, {
        participantId: participant.id,
        participantToken: participant.accessToken,
        text: `Number ${n + 1}.`,
      });
    }
  }
}

/** Lets somebody join, and returns that person's own way in. */
export async function member(invite: string, userId: string): Promise<string> {
  const at = new URL(invite);
  const room = at.pathname.split("/")[2]!;
  const { participant } = await post<{ participant: { id: string; accessToken: string } }>(
    `${at.origin}/api/shared-sessions/${room}/join`,
    { inviteToken: at.hash.slice("#i=".length), userId },
  );
  return `${at.origin}/s/${room}#p=${participant.id}:${participant.accessToken}`;
}

/** Changes what guests may do, as the host whose own way in that is. */
export async function setMode(host: string, mode: string): Promise<void> {
  const at = new URL(host);
  const [id, token] = at.hash.slice("#p=".length).split(":");
  const answer = await fetch(
    `${at.origin}/api/shared-sessions/${at.pathname.split("/")[2]}/commands`,
    {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${token}`,
        "Parley-Participant": id!,
      },
      body: JSON.stringify({ id: `mode-${mode}`, type: "set_mode", payload: { mode } }),
    },
  );
  if (!answer.ok) throw new Error(await answer.text());
}
