import type { ParleyError } from "./errors.js";
import type { EncodedCommand } from "./transport.js";
import type { Line } from "./wire.js";

/**
 * The number of commands that may wait for an answer; others wait to be sent. The
 * server remembers more than that of each participant, so all of them can be sent again
 * after a reconnection.
 */
const maxInFlight = 64;

interface Call extends EncodedCommand {
  /** The position in the order of the calls. */
  number: number;
  promise: Promise<Line>;
  resolve(answer: Line): void;
  reject(error: unknown): void;
}

/**
 * The commands without an answer, oldest first. Each connection sends those that it has
 * not sent yet, so a new one starts with what the last one left open.
 */
export class Calls {
  private readonly open = new Map<string, Call>();
  private number = 0;

  /** Adds a command. An id that is open already is the same command. */
  add(id: string, line: string): Promise<Line> {
    const known = this.open.get(id);
    if (known) return known.promise;
    const call = { number: ++this.number, id, line } as Call;
    call.promise = new Promise((resolve, reject) => Object.assign(call, { resolve, reject }));
    this.open.set(id, call);
    return call.promise;
  }

  /** Returns the first call with a greater number that may be sent now. */
  after(number: number): Call | undefined {
    let place = 0;
    for (const call of this.open.values()) {
      if (place++ === maxInFlight) return undefined;
      if (call.number > number) return call;
    }
    return undefined;
  }

  /**
   * Resolves a call with its answer. An answer to no open call, such as a second one,
   * is dropped.
   */
  settle(id: string, answer: Line): void {
    this.open.get(id)?.resolve(answer);
    this.open.delete(id);
  }

  drop(id: string, reason: unknown): void {
    this.open.get(id)?.reject(reason);
    this.open.delete(id);
  }

  dropAll(error: ParleyError): void {
    for (const id of [...this.open.keys()]) this.drop(id, error);
  }
}
