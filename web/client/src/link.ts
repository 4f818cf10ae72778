/**
 * A link leads into a shared session: with an invite for somebody new, or with
 * a participant's id and token for somebody who comes back. What stands after
 * the # is a secret, and never sent as part of an address.
 */
export interface Link {
  /** Without a slash at the end: https://host, or https://host/prefix. */
  server: string;
  /** The shared session's id. */
  session: string;
  invite?: string;
  participant?: Credentials;
}

/** What a participant comes back with. */
export interface Credentials {
  id: string;
  token: string;
}

const path = /^(.*)\/s\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;
const secret = /^#(?:i=([^:]+)|p=([^:]+):(.+))$/;

/**
 * Reads SERVER/s/SESSION#i=INVITE and SERVER/s/SESSION#p=PARTICIPANT:TOKEN.
 * Throws a TypeError that never shows the secret part.
 */
export function parseLink(text: string): Link {
  const url = toURL(text.trim());
  const place = path.exec(url?.pathname ?? "");
  const key = secret.exec(url?.hash ?? "");
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || !place || !key) {
    throw new TypeError(
      "a link looks like https://SERVER/s/SESSION#i=INVITE or …#p=PARTICIPANT:TOKEN",
    );
  }
  const [, before = "", session = ""] = place;
  const [, invite, id = "", token = ""] = key;
  const link = { server: url.origin + before, session };
  return invite ? { ...link, invite } : { ...link, participant: { id, token } };
}

function toURL(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined; // its error would show the secret
  }
}

/** Returns the link as text, the secret included. */
export function formatLink(link: Link): string {
  const { participant: p } = link;
  const key = p ? `p=${p.id}:${p.token}` : `i=${link.invite}`;
  return `${link.server}/s/${link.session}#${key}`;
}

/** Returns the headers that show who asks, which no log shows. */
export function authorization(who: Credentials): Record<string, string> {
  return { Authorization: `Bearer ${who.token}`, "Parley-Participant": who.id };
}

/** Returns the address of one of the session's endpoints. */
export function endpoint(link: Link, name: string): string {
  return `${link.server}/api/shared-sessions/${link.session}/${name}`;
}
