import type { UnknownLine } from "./state.js";
import type { Ended } from "./verdict.js";
import type { Line } from "./wire.js";

/** A command as one line. */
export interface EncodedCommand {
  id: string;
  line: string;
}

/** One way of talking to the server that has been opened. */
export interface Transport {
  readonly kind: "live" | "fallback";
  /** Whether it keeps a connection open, and does not only ask now and then. */
  readonly lasts: boolean;
  /** Sends a command. The answer comes to the peer. Rejects if it is not known to have come. */
  send(command: EncodedCommand): Promise<void> | void;
  /** Ends it without a word to the peer. */
  close(): void;
}

/** Who hears what comes in, in order. */
export interface Peer {
  receive(line: Line | UnknownLine): void;
  /** Something came, if only a heartbeat. */
  alive(): void;
  /** It has ended. Nothing comes after that. */
  end(ended: Ended): void;
}
