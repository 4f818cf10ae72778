import type { CreateAnswer } from "parley-client";

async function post<T>(url: string, body: object): Promise<T> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** A shared session of its own, with a demo agent of its own. */
export async function share(
  server: string,
  mode = "prompt_with_approval",
): Promise<{ host: string; invite: string }> {
  const { session } = await post<{ session: { id: string } }>(`${server}/api/sessions`, {
    agent: "demo",
  });
  const made = await post<CreateAnswer>(`${server}/api/shared-sessions`, {
    hostSessionId: session.id,
    hostUserId: "olga",
    hostDisplayName: "Olga",
    mode,
  });
  const room = `${server}/s/${made.session.id}`;
  return {
    host: `${room}#p=${made.hostParticipant.id}:${made.hostParticipant.accessToken}`,
    invite: `${room}#i=${made.inviteToken}`,
  };
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
