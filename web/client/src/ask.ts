import { ParleyError } from "./errors.js";
import { errorOf } from "./http.js";
import { authorization, type Link } from "./link.js";

/** What can be set for a {@link Server}. */
export interface ServerOptions {
  /** Sent as a bearer token with every request that has no other credentials. */
  token?: string;
  /** Bounds each request, by default 30,000. Those that wait for an agent have 5 minutes more. */
  timeoutMs?: number;
  /**
   * The fingerprint of the server's certificate, for the links that are made. The requests
   * themselves need a fetch that checks it, such as that of pinned.
   */
  certificate?: string;
  /** By default the global fetch, without cookies. */
  fetch?: typeof fetch;
}

/** Options of each request. */
export interface RequestOptions {
  /** Ends the request when it is aborted. The promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const maxAnswer = 64 * 1024 * 1024;

/** A request to a server. */
export interface Request extends RequestOptions {
  query?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  body?: unknown;
  /** Who makes the request. */
  as?: Link | undefined;
  /** How much longer than usual it may take, in milliseconds. */
  longerMs?: number;
}

/** Makes a request and resolves to the decoded answer. */
export async function ask<T>(
  address: string,
  options: ServerOptions,
  method: string,
  path: string[],
  request: Request,
): Promise<T> {
  const { query, as, signal, longerMs = 0 } = request;
  if (as && as.server !== address)
    throw new TypeError(`the link is one of ${as.server}, not of ${address}`);
  signal?.throwIfAborted();
  const given = Object.entries(query ?? {}).filter((e): e is [string, string] => !!e[1]);
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  const url = `${address}/api/${path.map(encodeURIComponent).join("/")}${search}`;
  const late = AbortSignal.timeout((options.timeoutMs ?? 30_000) + longerMs);
  const ends = signal ? AbortSignal.any([signal, late]) : late;
  try {
    const send = options.fetch ?? fetch;
    return (await answerOf(await send(url, init(options, method, request, ends)))) as T;
  } catch (e) {
    signal?.throwIfAborted();
    if (late.aborted) throw unreachable(`${address} did not answer in time`);
    if (e instanceof TypeError) throw unreachable(`cannot reach ${address}`);
    throw e;
  }
}

function init(
  options: ServerOptions,
  method: string,
  { headers, body, as }: Request,
  signal: AbortSignal,
): RequestInit {
  const bearer = as?.invite ?? options.token;
  return {
    method,
    signal,
    redirect: "error",
    cache: "no-store",
    credentials: "omit",
    headers: {
      ...headers,
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(bearer && { Authorization: `Bearer ${bearer}` }),
      ...(as?.participant && authorization(as.participant)),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

function unreachable(why: string): ParleyError {
  return new ParleyError("SERVER_UNREACHABLE", why, true);
}

/** Returns the error of an answer that no Parley server gives. */
export function notParley(): ParleyError {
  return unreachable("the answer is not that of a Parley server");
}

/** Reports whether there was no answer of a Parley server. */
export function isUnreachable(e: unknown): boolean {
  return e instanceof ParleyError && e.code === "SERVER_UNREACHABLE";
}

/** Returns a list of an answer. */
export function listed<T>(list: T[] | undefined): T[] {
  if (!Array.isArray(list)) throw notParley();
  return list;
}

/** Returns the body of a success, or throws the error of another response. */
async function answerOf(response: Response): Promise<unknown> {
  const body = await readBounded(response);
  if (!response.ok) {
    const error = errorOf(response, body);
    throw error.code === "CONNECTION_LOST" ? unreachable(error.message) : error;
  }
  if (response.status === 204) return {};
  if (!/^application\/json\b/.test(response.headers.get("Content-Type") ?? "")) throw notParley();
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer === "object" && answer !== null) return answer;
  } catch {
    // Something else has answered, or only a part has arrived.
  }
  throw notParley();
}

/** Reads a body of at most maxAnswer bytes. */
async function readBounded(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > maxAnswer) {
      await reader.cancel();
      throw unreachable("the answer is larger than 64 MiB");
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
