import { createContext, useContext } from "react";

import type { Message, Participant, SessionClient } from "parley-client";

import type { FileCache } from "../core/fileCache.ts";
import type { KeptParts } from "../core/kept.ts";
import type { Rights } from "../core/rights.ts";
import type { RoomStore } from "./store.ts";
import type { Writing } from "./useUnsent.ts";

/** What rows and cards need besides their own item. It stays the same for the room's life. */
export interface RoomTools {
  store: RoomStore;
  client: SessionClient;
  meId: string;
  writing: Writing;
  /** The state of rows: what the user has opened, written and decided in them. */
  kept: KeptParts;
  /** The attachments of the session. */
  files: FileCache;
  person(id: string | null): Participant | null;
  message(id: string): Message | null;
  /** Starts a reply to a message. */
  reply(message: Message): void;
  /** Waits for a command and shows its error. Resolves to whether it succeeded. */
  run(command: Promise<unknown>): Promise<boolean>;
}

export const RoomContext = createContext<RoomTools | null>(null);

export function useTools(): RoomTools {
  const tools = useContext(RoomContext);
  if (!tools) throw new Error("useTools is used outside of a room");
  return tools;
}

/** What waits for the user's decision, and what the user may stop. */
export interface Decider {
  /** The ids of approvals. */
  proposals: ReadonlySet<string>;
  /** The ids of requests. */
  questions: ReadonlySet<string>;
  /** Whether the user takes part, and so may withdraw what waits. */
  acts: boolean;
  /** What the user's prompts become. */
  prompts: Rights["prompt"];
  /** Whether the user may stop single tool calls and terminals. */
  stops: boolean;
}

export const decidesNothing: Decider = {
  proposals: new Set(),
  questions: new Set(),
  acts: false,
  prompts: "no",
  stops: false,
};

export const DeciderContext = createContext<Decider>(decidesNothing);

export function useDecider(): Decider {
  return useContext(DeciderContext);
}
