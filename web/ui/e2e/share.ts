import type { CreateAnswer } from "parley-client";

async function post<T>(url: string, body: object): Promise<T> {
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** A shared session of its own, with a demo agent of its own. */
export async function share(server: string, mode = "prompt_with_approval"): Promise<{ host: string; invite: string }> {
  const { session } = await post<{ session: { id: string } }>(`${server}/api/sessions`, { agent: "demo" });
  const made = await post<CreateAnswer>(`${server}/api/shared-sessions`, {
    hostSessionId: session.id,
    hostUserId: "olga",
    hostDisplayName: "Olga",
    mode,
  });
  const room = `${server}/s/${made.session.id}`;
  return { host: `${room}#p=${made.hostParticipant.id}:${made.hostParticipant.accessToken}`, invite: `${room}#i=${made.inviteToken}` };
}
