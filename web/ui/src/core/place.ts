/** Which page an address is for. */

export type Place =
  | { page: "start" }
  | {
      page: "session";
      session: string;
      invite?: string;
      participant?: { id: string; token: string };
    };

const path = /^\/s\/([^/]+)\/?$/;
const secret = /^#(?:i=([^:]+)|p=([^:]+):(.+))$/;

export function placeOf(pathname: string, hash: string): Place {
  const session = path.exec(pathname)?.[1];
  if (!session) return { page: "start" };
  const [, invite, id, token] = secret.exec(hash) ?? [];
  if (invite) return { page: "session", session, invite };
  if (id && token) return { page: "session", session, participant: { id, token } };
  return { page: "session", session };
}
