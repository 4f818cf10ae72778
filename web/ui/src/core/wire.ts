import type { AnyEvent } from "parley-client";

/** An event of the session, possibly of a type that only a newer server knows. */
export type SessionEvent = AnyEvent;
