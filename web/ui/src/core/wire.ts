import type { SessionEvent as KnownEvent } from "parley-client";

/** An event of the session. A newer server may send types that are not known here. */
export type SessionEvent = KnownEvent;
