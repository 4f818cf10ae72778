/** Which page an address is for. */

export type Place =
  | { page: "start" }
  | {
      page: "session";
      session: string;
      invite?: string;
      participant?: { id: string; token: string };
    };

const path = /^(.*)\/s\/([^/]+)\/?$/;
const secret = /^#(?:i=([^:]+)|p=([^:]+):(.+))$/;

/** The path that a proxy has the server under, from a page's own; "" for none. */
export function rootOf(pathname: string): string {
  return path.exec(pathname)?.[1] ?? pathname.replace(/\/+$/, "");
}

/** The server's address, as links begin with it. */
export function server(): string {
  return location.origin + rootOf(location.pathname);
}

/** Whether a host name is that of the machine itself, so that others cannot reach it. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/i.test(host);
}

export function placeOf(pathname: string, hash: string): Place {
  const session = path.exec(pathname)?.[2];
  if (!session) return { page: "start" };
  const [, invite, id, token] = secret.exec(hash) ?? [];
  if (invite) return { page: "session", session, invite };
  if (id && token) return { page: "session", session, participant: { id, token } };
  return { page: "session", session };
}
