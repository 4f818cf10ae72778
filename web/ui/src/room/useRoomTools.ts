import { useState } from "react";

import type { Message, SessionClient } from "parley-client";

import { FileCache } from "../core/fileCache.ts";
import { KeptParts } from "../core/kept.ts";
import { toastError } from "../parts/toasts.ts";
import type { RoomTools } from "./context.ts";
import { messageIn, personIn } from "./roomView.ts";
import type { RoomStore } from "./store.ts";
import type { Writing } from "./useUnsent.ts";

/** Returns what rows and cards need. It stays the same for the room's life. */
export function useRoomTools(
  store: RoomStore,
  client: SessionClient,
  meId: string,
  writing: Writing,
  reply: (m: Message) => void,
): RoomTools {
  const [tools] = useState<RoomTools>(() => ({
    store,
    client,
    meId,
    writing,
    kept: new KeptParts(),
    files: new FileCache((id) => client.download(id)),
    reply,
    person: (id) => personIn(store.snapshot().room, id),
    message: (id) => messageIn(store.snapshot().room, id),
    run: (command) =>
      command.then(
        () => true,
        (error: unknown) => {
          toastError(error);
          return false;
        },
      ),
  }));
  return tools;
}
