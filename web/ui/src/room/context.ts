import { createContext, useContext } from "react";

import type { Message, Participant, SessionClient } from "parley-client";

import type { KeptParts } from "../core/kept.ts";
import type { RoomStore } from "./store.ts";
import type { Writing } from "./useUnsent.ts";

/** What rows and cards need beside their own item. It stays the same for the room's life. */
export interface RoomTools {
  store: RoomStore;
  client: SessionClient;
  meId: string;
  writing: Writing;
  /** What was opened, written and decided in rows, which are drawn only while they are in sight. */
  kept: KeptParts;
  person(id: string | null): Participant | null;
  message(id: string): Message | null;
  /** Begins a reply to a message. */
  reply(message: Message): void;
  /** Gives a command and says so when it fails. Resolves to whether it was done. */
  run(command: Promise<unknown>): Promise<boolean>;
}

export const RoomContext = createContext<RoomTools | null>(null);

export function useTools(): RoomTools {
  const tools = useContext(RoomContext);
  if (!tools) throw new Error("outside of a room");
  return tools;
}

/** What waits for the decision of the one who looks at the page. */
export interface Decider {
  /** By the ids of their approvals. */
  proposals: ReadonlySet<string>;
  /** By the ids of their requests. */
  questions: ReadonlySet<string>;
}

export const decidesNothing: Decider = { proposals: new Set(), questions: new Set() };

export const DeciderContext = createContext<Decider>(decidesNothing);

export function useDecider(): Decider {
  return useContext(DeciderContext);
}
