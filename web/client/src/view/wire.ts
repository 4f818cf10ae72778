import type { AnyEvent } from "../protocol.gen.js";

/** An event of the session, possibly of a type that only a newer server knows. */
export type SessionEvent = AnyEvent;
