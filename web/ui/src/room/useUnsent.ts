import { useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { formatSize, ParleyError, type Limits, type SessionClient } from "parley-client";

import { Attachments, blockOf } from "../core/attaching.ts";
import { ComposedTexts } from "../core/composed.ts";
import { Outbox, withoutMade, withoutRow, type Unsent } from "../core/outbox.ts";
import type { Room } from "../core/room.ts";
import { keptInTab } from "../core/tabStorage.ts";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";

export interface Writing {
  composed: ComposedTexts;
  outbox: Outbox;
  attachments: Attachments;
  /** How many files a text can have. */
  maxFiles: number;
  /** The files of the agent's working directory that were suggested: prompts link them. */
  files: Set<string>;
}

/** Returns what the user writes in a room and has not sent. It stays the same for the room's life. */
export function useWriting(
  client: SessionClient,
  session: string,
  meId: string,
  limits: Limits,
): Writing {
  const [writing] = useState(() => makeWriting(client, session, meId, limits));
  useEffect(() => {
    const { composed, outbox } = writing;
    const flush = () => composed.flush();
    outbox.start();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [writing]);
  return writing;
}

/** Returns the texts of the user that have no row in the timeline yet. */
export function useUnsent({ outbox }: Writing, room: Room): readonly Unsent[] {
  const all = useSyncExternalStore(outbox.subscribe, outbox.snapshot);
  const { timeline, me, mine } = room;
  const waiting = useMemo(() => withoutMade(all, mine), [all, mine]);
  return useMemo(
    () => withoutRow(waiting, timeline.items, me.id),
    [waiting, timeline.items, me.id],
  );
}

function makeWriting(
  client: SessionClient,
  session: string,
  meId: string,
  limits: Limits,
): Writing {
  const composed = new ComposedTexts(keptInTab(`parley:composed:${session}:${meId}`));
  const outbox = new Outbox(keptInTab(`parley:unsent:${session}:${meId}`), {
    send: async ({ id, target, text, as, when, replyTo, content: all }) => {
      const content = all?.map(blockOf);
      return target === "prompt"
        ? (await client.prompt(text, { id, as, when, content })).id
        : (await client.chat(text, { id, content, ...(replyTo !== undefined && { replyTo }) })).id;
    },
    why: (error) => (error === null ? t.unsent.tooOld : errorText(error)),
    isGoingAway: (error) => error instanceof ParleyError && error.code === "CLIENT_CLOSED",
  });
  const { attachmentBytes: most = 0, contentBlocks: maxFiles = 0 } = limits;
  const uploads = {
    upload: (file: File, onProgress: (sent: number) => void, signal: AbortSignal) =>
      client.upload(file, { onProgress, signal, name: file.name || t.attach.unnamed }),
    why: errorText,
    refuses: ({ size }: File) => {
      if (most === 0) return t.attach.none;
      return size > most ? t.attach.tooLarge(formatSize(most)) : null;
    },
  };
  const attachedAt = keptInTab(`parley:attached:${session}:${meId}`);
  return {
    composed,
    outbox,
    attachments: new Attachments(attachedAt, uploads, maxFiles),
    maxFiles,
    files: new Set(),
  };
}
