/** Which page an address is for. */

export type Place =
  | { page: "start"; code?: string; back?: true }
  | {
      page: "session";
      session: string;
      invite?: string;
      participant?: { id: string; token: string };
    };

const path = /^(.*)\/s\/([^/]+)\/?$/;
const secret = /^#(?:i=([^:&]+)|p=([^:&]+):([^&]+))(?:&c=[\w-]+)?$/;

const signInCode = /^#k=([^&]+)(?:&c=[\w-]+)?$/;

/** Returns the path under which a proxy serves the application; "" for none. */
export function rootOf(pathname: string): string {
  return path.exec(pathname)?.[1] ?? pathname.replace(/\/+$/, "");
}

/** Returns the server's address as links begin with it. */
export function server(): string {
  return location.origin + rootOf(location.pathname);
}

/**
 * Returns the part of a link that names the server's certificate, if that is self-signed.
 * Terminals and programs accept the certificate because of it; browsers ignore it.
 */
export function certificate(): { certificate?: string } {
  const meta = globalThis.document?.querySelector<HTMLMetaElement>(
    'meta[name="parley-certificate"]',
  );
  return meta ? { certificate: meta.content } : {};
}

/** Reports whether people can prove to the server who they are. */
export function verifiesPeople(): boolean {
  return Boolean(globalThis.document?.querySelector('meta[name="parley-people"]'));
}

/** Reports whether a host name is that of the machine itself, which others cannot reach. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/i.test(host);
}

export function placeOf(pathname: string, hash: string): Place {
  const session = path.exec(pathname)?.[2];
  if (!session) {
    const code = signInCode.exec(hash)?.[1];
    if (hash === "#signed-in") return { page: "start", back: true };
    return { page: "start", ...(code && { code }) };
  }
  const [, invite, id, token] = secret.exec(hash) ?? [];
  if (invite) return { page: "session", session, invite };
  if (id && token) return { page: "session", session, participant: { id, token } };
  return { page: "session", session };
}
