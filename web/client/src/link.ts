/**
 * A link into a shared session. It has an invite for a new participant, or the
 * credentials of a participant who returns. The part after # is a secret; it is never
 * sent as part of an address.
 */
export interface Link {
  /**
   * The address of the server without a slash at the end, such as https://host or
   * https://host/prefix.
   */
  server: string;
  /** The id of the shared session. */
  session: string;
  /** The secret of an invite. */
  invite?: string;
  /** Those of a participant who returns. */
  participant?: Credentials;
  /**
   * The SHA-256 fingerprint of the server's certificate, in unpadded base64url, if it is
   * self-signed. Node.js programs accept it by pinned of parley-client/node; browsers
   * cannot.
   */
  certificate?: string;
}

/** What a participant returns with. The token is a secret. */
export interface Credentials {
  /** The id of the participant. */
  id: string;
  /** The secret that proves it. */
  token: string;
}

const path = /^(.*)\/s\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;
const secret = /^#(?:i=([^:&]+)|p=([^:&]+):([^&]+))(?:&c=([\w-]{43}))?$/;

/**
 * Parses SERVER/s/SESSION#i=INVITE or SERVER/s/SESSION#p=PARTICIPANT:TOKEN, both also
 * with &c=FINGERPRINT at the end. It throws a TypeError, which never contains the secret,
 * for any other text.
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
  const [, invite, id = "", token = "", certificate] = key;
  const link = { server: url.origin + before, session, ...(certificate && { certificate }) };
  return invite ? { ...link, invite } : { ...link, participant: { id, token } };
}

function toURL(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined; // the original error contains the secret
  }
}

/** Formats a link, including its secret. */
export function formatLink(link: Link): string {
  const { participant: p } = link;
  const key = p ? `p=${p.id}:${p.token}` : `i=${link.invite}`;
  const pin = link.certificate ? `&c=${link.certificate}` : "";
  return `${link.server}/s/${link.session}#${key}${pin}`;
}

/** Returns the headers that authenticate a participant. Servers do not log them. */
export function authorization(who: Credentials): Record<string, string> {
  return { Authorization: `Bearer ${who.token}`, "Parley-Participant": who.id };
}

/** Returns the URL of an endpoint of the session. */
export function endpoint(link: Link, name: string): string {
  return `${link.server}/api/shared-sessions/${link.session}/${name}`;
}
