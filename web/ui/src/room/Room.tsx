import { useCallback, useMemo, useRef, useState, type ComponentProps } from "react";

import type { ConnectionState, Message, SessionClient } from "parley-client";

import { preloadRichText } from "../content/RichText.tsx";
import type { Item } from "parley-client/view";
import { prefer, preference } from "../core/memory.ts";
import { rightsOf, type Rights } from "../core/rights.ts";
import { openQuestions, type Room as RoomModel } from "../core/room.ts";
import { itemsWithWaiting } from "../core/waiting.ts";
import { t } from "../texts.ts";
import { Announcer } from "./Announcer.tsx";
import { Aside } from "./Aside.tsx";
import type { ComposerHandle } from "./Composer.tsx";
import { DeciderContext, decidesNothing, RoomContext, type Decider } from "./context.ts";
import { Header, type DialogName } from "./Header.tsx";
import { RoomDialog } from "./onDemand.ts";
import { announcementOf, hasEnded } from "./roomView.ts";
import type { RoomStore } from "./store.ts";
import { Talk } from "./Talk.tsx";
import type { TimelineHandle } from "./Timeline.tsx";
import { useBell } from "./useBell.ts";
import { useRoomTools } from "./useRoomTools.ts";
import { useShortcuts } from "./useShortcuts.ts";
import { useTitle } from "./useTitle.ts";
import { useWriting } from "./useUnsent.ts";
import "./Room.css";

preloadRichText();

interface Props {
  store: RoomStore;
  room: RoomModel;
  loadingOlder: boolean;
  loadingNewer: boolean;
  client: SessionClient;
  connection: ConnectionState;
}

/** The room: what happens, what waits, and where the user writes. */
export function Room(props: Props) {
  const { store, room, client, connection } = props;
  const rights = useRights(room);
  const items = useItems(room, rights.host);
  const decider = useDecider(room, rights);
  const timeline = useRef<TimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const title = useTitle(room);
  const writing = useWriting(client, room.session.id, room.me.id, room.limits);
  const tools = useRoomTools(store, client, room.me.id, writing, setReplyTo);
  const toEnd = useCallback(() => timeline.current?.toEnd(), []);
  const compose = () => composer.current?.focus();
  useBell(store, room, title, rights.host);
  useShortcuts(singleKeys, { compose, toEnd, help: () => setDialog("shortcuts") });
  return (
    <RoomContext value={tools}>
      <DeciderContext value={decider}>
        <div className={room.readOnly || hasEnded(room) ? "room room-read" : "room"}>
          <Skip onSkip={compose} />
          <Header
            room={room}
            title={title}
            connection={connection}
            host={rights.host}
            open={setDialog}
          />
          <main className="room-main">
            <Talk
              {...props}
              rights={rights}
              items={items}
              replyTo={replyTo}
              onReply={setReplyTo}
              open={setDialog}
              toEnd={toEnd}
              timeline={timeline}
              composer={composer}
            />
            <aside className="aside">
              <Aside room={room} host={rights.host} />
            </aside>
          </main>
          <Announcer text={announcementOf(room)} />
          <Dialogs
            room={room}
            host={rights.host}
            which={dialog}
            singleKeys={singleKeys}
            onSingleKeys={setSingleKeys}
            onClose={() => setDialog(null)}
          />
        </div>
      </DeciderContext>
    </RoomContext>
  );
}

type DialogsProps = Omit<ComponentProps<typeof RoomDialog>, "which"> & { which: DialogName | null };

/** The dialogs of the room. One is open at a time. */
function Dialogs({ which, ...props }: DialogsProps) {
  return which && <RoomDialog which={which} {...props} />;
}

function Skip({ onSkip }: { onSkip(): void }) {
  return (
    <a className="skip" href="#composer" onClick={(e) => (e.preventDefault(), onSkip())}>
      {t.room.skip}
    </a>
  );
}

function useRights({ session, me, readOnly }: RoomModel): Rights {
  return useMemo(() => rightsOf(session, me, readOnly), [session, me, readOnly]);
}

/** Returns the rows of the newest events; for the host with everything that waits. */
function useItems(room: RoomModel, host: boolean): readonly Item[] {
  const { timeline, pending, permissions, elicitations, people } = room;
  return useMemo(
    () =>
      host
        ? itemsWithWaiting({ timeline, pending, permissions, elicitations, people })
        : timeline.items,
    [host, timeline, pending, permissions, elicitations, people],
  );
}

/** Returns what waits for the user's decision. */
function useDecider(room: RoomModel, { host, prompt }: Rights): Decider {
  const { pending, permissions, elicitations } = room;
  const acts = !room.readOnly && !hasEnded(room) && room.me.leftAt === null;
  const decides = useMemo(
    () =>
      host
        ? {
            proposals: new Set(pending.map((a) => a.id)),
            questions: new Set(openQuestions({ permissions, elicitations })),
            stops: true,
          }
        : decidesNothing,
    [host, pending, permissions, elicitations],
  );
  return useMemo(() => ({ ...decides, acts, prompts: prompt }), [decides, acts, prompt]);
}

/** Returns whether single keys work, and a function that remembers another choice. */
function useSingleKeys(): [on: boolean, choose: (on: boolean) => void] {
  const [on, setOn] = useState(() => preference("keys") !== "off");
  const choose = (next: boolean) => {
    setOn(next);
    prefer("keys", next ? "on" : "off");
  };
  return [on, choose];
}
