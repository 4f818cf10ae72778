import { connectionLost, ParleyError } from "./errors.js";
import { authorization, endpoint, type Credentials, type Link } from "./link.js";
import type { Settings } from "./options.js";
import type { ErrorBody } from "./protocol.gen.js";
import type { UnknownLine } from "./state.js";
import { decodeLine, type Line } from "./wire.js";

/** As long as the server allows for the body of a request. */
const requestTimeoutMs = 30_000;

/** The server has refused this client, not only one of its commands. */
export class Refusal extends Error {
  constructor(readonly error: ParleyError) {
    super(error.message);
  }
}

/** A request whose response is read piece by piece. */
interface Open {
  body: Promise<ReadableStream<Uint8Array>>;
  abort(): void;
}

/**
 * The requests of one connection over plain HTTP. Credentials are in headers, which
 * servers do not log.
 */
export class Requests {
  readonly aborter = new AbortController();
  private headers: Record<string, string> = {};

  constructor(
    readonly link: Link,
    readonly settings: Settings,
  ) {}

  /** Authenticates as that participant from now on. */
  as(who: Credentials): void {
    this.headers = authorization(who);
  }

  /** Sends a command and resolves to its answer. */
  async command(line: string): Promise<Line | UnknownLine> {
    const { response, body } = await this.whole("commands", {
      method: "POST",
      headers: { ...this.headers, "Content-Type": "application/json" },
      body: line,
    });
    return answerOf(body) ?? refused(response, body);
  }

  /** Resolves to the body of a resource. */
  async get(name: string): Promise<string> {
    const { response, body } = await this.whole(name, { headers: this.headers });
    return response.ok ? body : refused(response, body);
  }

  /**
   * Requests a resource whose body is read piece by piece. The request can be aborted
   * by itself.
   */
  open(name: string, headers: Record<string, string>): Open {
    const own = new AbortController();
    const abort = () => own.abort();
    this.aborter.signal.addEventListener("abort", abort);
    const get = async () => {
      const init = { headers: { ...this.headers, ...headers }, signal: own.signal };
      const response = await this.send(name, init);
      if (response.ok && response.body) return response.body;
      return refused(response, await response.text());
    };
    return { body: get(), abort };
  }

  /** Aborts all requests. */
  close(): void {
    this.aborter.abort();
  }

  private async whole(name: string, init: RequestInit) {
    const timer = setTimeout(() => this.close(), requestTimeoutMs);
    try {
      const response = await this.send(name, init);
      return { response, body: await response.text() };
    } finally {
      clearTimeout(timer);
    }
  }

  private send(name: string, init: RequestInit): Promise<Response> {
    return this.settings.fetch(endpoint(this.link, name), {
      signal: this.aborter.signal,
      ...init,
      cache: "no-store",
      credentials: "omit",
    });
  }
}

/** Decodes the answer to a command; undefined if the body is none. */
function answerOf(body: string): Line | UnknownLine | undefined {
  try {
    return decodeLine(body);
  } catch {
    return undefined;
  }
}

/** Throws the error of a response that does not answer a command. */
function refused(response: Response, body: string): never {
  const error = errorOf(response, body);
  throw error.code === "CONNECTION_LOST" ? error : new Refusal(error);
}

/** Returns the error of a response that is neither the answer to a command nor a success. */
export function errorOf(response: Response, body: string): ParleyError {
  let said: Partial<ErrorBody> = {};
  try {
    said = JSON.parse(body) as ErrorBody;
  } catch {
    // A proxy has answered in place of the server.
  }
  const { code, error = "", retryable, retryAfterMs, field, authMethods } = said ?? {};
  if (code) return new ParleyError(code, error, retryable, retryAfterMs, field, authMethods);
  return connectionLost(`the server answered ${response.status}`);
}
