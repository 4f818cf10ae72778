import { createContext, useContext } from "react";

import type { Message, Participant, SessionClient } from "parley-client";

import type { RoomStore } from "./store.ts";

/** What rows and cards need beside their own item. It stays the same for the room's life. */
export interface RoomTools {
  store: RoomStore;
  client: SessionClient;
  meId: string;
  person(id: string | null): Participant | null;
  message(id: string): Message | null;
  /** Begins a reply to a message. */
  reply(message: Message): void;
  /** Scrolls to a row. */
  show(key: string): void;
  /** Gives a command and says so when it fails. Resolves to whether it was done. */
  run(command: Promise<unknown>): Promise<boolean>;
}

export const RoomContext = createContext<RoomTools | null>(null);

export function useTools(): RoomTools {
  const tools = useContext(RoomContext);
  if (!tools) throw new Error("outside of a room");
  return tools;
}
