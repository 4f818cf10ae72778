import type { UnknownLine } from "./state.js";
import type { Ended } from "./verdict.js";
import type { Line } from "./wire.js";

/** A command, encoded as one line. */
export interface EncodedCommand {
  id: string;
  line: string;
}

/** An open connection to the server, of one kind. */
export interface Transport {
  readonly kind: "live" | "fallback";
  /** Whether it keeps a connection open, rather than polling. */
  readonly lasts: boolean;
  /**
   * Sends a command. The peer receives the answer. It rejects if the command may not
   * have arrived.
   */
  send(command: EncodedCommand): Promise<void> | void;
  /** Closes it without telling the peer. */
  close(): void;
}

/** Receives what the server sends, in order. */
export interface Peer {
  receive(line: Line | UnknownLine): void;
  /** Something has arrived, possibly a heartbeat. */
  alive(): void;
  /** The transport has ended. Nothing follows. */
  end(ended: Ended): void;
}
