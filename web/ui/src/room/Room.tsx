import { useCallback, useMemo, useRef, useState } from "react";

import type { ConnectionState, Message, SessionClient } from "parley-client";

import { preloadRichText } from "../content/RichText.tsx";
import { KeptParts } from "../core/kept.ts";
import { findPrompt } from "../core/find.ts";
import type { Item } from "../core/items.ts";
import { prefer, preference } from "../core/memory.ts";
import type { Unsent } from "../core/outbox.ts";
import { mayCancel, rightsOf, type Rights } from "../core/rights.ts";
import { nameOf } from "../core/name.ts";
import { authorById, shownOf, type Room as RoomModel } from "../core/room.ts";
import { marked } from "../core/visible.ts";
import { itemsWithWaiting } from "../core/waiting.ts";
import { isFull } from "../core/window.ts";
import { toastError } from "../parts/toasts.ts";
import { t } from "../texts.ts";
import { Announcer } from "./Announcer.tsx";
import { AgentWaits, agentWaits } from "./AgentWaits.tsx";
import { Aside } from "./Aside.tsx";
import { Composer, type ComposerHandle } from "./Composer.tsx";
import { DeciderContext, decidesNothing, RoomContext, type RoomTools } from "./context.ts";
import { Counter } from "./Counter.tsx";
import { NobodyDecides } from "./Deciders.tsx";
import { Dialogs } from "./Dialogs.tsx";
import { Header, type DialogName } from "./Header.tsx";
import type { RoomStore } from "./store.ts";
import { Quiet } from "./Quiet.tsx";
import { Timeline, type TimelineHandle } from "./Timeline.tsx";
import { Typing } from "./Typing.tsx";
import { useBell } from "./useBell.ts";
import { useShortcuts } from "./useShortcuts.ts";
import { useTitle } from "./useTitle.ts";
import { useUnsent, useWriting, type Writing } from "./useUnsent.ts";
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

const noCommands: readonly [] = [];

/** The room: what happens, what waits, and where one writes. */
export function Room(props: Props) {
  const { store, room, client, connection } = props;
  const rights = useMemo(
    () => rightsOf(room.session, room.me, room.readOnly),
    [room.session, room.me, room.readOnly],
  );
  const timeline = useRef<TimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const [singleKeys, setSingleKeys] = useState(() => preference("keys") !== "off");
  const title = useTitle(room);
  const writing = useWriting(client, room.session.id, room.me.id);
  const unsent = useUnsent(writing, room);
  const tools = useTools(store, client, room.me.id, writing, setReplyTo);
  const putBack = ({ id, target, text, replyTo }: Unsent) => {
    writing.composed.putBack(target, text);
    writing.outbox.discard(id);
    setReplyTo((replyTo !== undefined && tools.message(replyTo)) || null);
    composer.current?.focus();
  };
  const items = useItems(room, rights.host);
  const shown = shownOf(room);
  const endReply = useCallback(() => setReplyTo(null), []);
  const toEnd = useCallback(() => timeline.current?.toEnd(), []);
  const onRead = useCallback((on: boolean) => store.read(on), [store]);
  const decider = useMemo(
    () =>
      rights.host
        ? {
            proposals: new Set(room.pending.map((a) => a.id)),
            questions: new Set(room.permissions.map((p) => p.requestId)),
          }
        : decidesNothing,
    [rights.host, room.pending, room.permissions],
  );

  useBell(store, room, title, rights.host);
  useShortcuts(singleKeys, {
    compose: () => composer.current?.focus(),
    toEnd,
    help: () => setDialog("shortcuts"),
  });

  return (
    <RoomContext value={tools}>
      <DeciderContext value={decider}>
        <div className={room.readOnly || over(room) ? "room room-read" : "room"}>
          <a
            className="skip"
            href="#composer"
            onClick={(e) => (e.preventDefault(), composer.current?.focus())}
          >
            {t.room.skip}
          </a>
          <Header
            room={room}
            title={title}
            connection={connection}
            host={rights.host}
            open={setDialog}
          />
          <main className="room-main">
            <div className="room-talk">
              {items.length === 0 ? (
                <div className="timeline" aria-busy="true" />
              ) : (
                <Timeline
                  session={room.session.id}
                  items={room.past ? room.past.timeline.items : items}
                  newest={items}
                  meId={room.me.id}
                  more={shown.more}
                  past={room.past !== null}
                  full={isFull(shown)}
                  loadingOlder={props.loadingOlder}
                  onOlder={() => void store.older(client)}
                  loadingNewer={props.loadingNewer}
                  onNewer={() => void store.newer(client)}
                  onNewest={() => store.toNewest()}
                  onRead={onRead}
                  unsent={unsent}
                  writes={{ chat: rights.talk, prompt: rights.prompt !== "no" }}
                  onPutBack={putBack}
                  hint={
                    isQuiet(room) && <Quiet rights={rights} onInvite={() => setDialog("invite")} />
                  }
                  handle={timeline}
                />
              )}
              <div className="dock">
                <div className="dock-line">
                  {agentWaits(room) ? (
                    <AgentWaits
                      room={room}
                      host={rights.host}
                      mayStop={mayStop(room, rights)}
                      onStopAgent={() => setDialog("stop")}
                    />
                  ) : (
                    <Typing room={room} />
                  )}
                  <NobodyDecides room={room} />
                  {rights.host && (
                    <Counter
                      room={room}
                      items={items}
                      onShow={(id) => timeline.current?.show(id)}
                    />
                  )}
                </div>
                <div id="composer">
                  <Composer
                    handle={composer}
                    rights={rights}
                    why={whyNot(room, connection)}
                    busy={room.timeline.running !== null}
                    mayStop={mayStop(room, rights)}
                    commands={room.agent.availableCommands ?? noCommands}
                    limits={room.limits}
                    live={connection.state === "live"}
                    lost={connection.state === "reconnecting"}
                    replyTo={replyTo}
                    onReplyDone={endReply}
                    onSent={toEnd}
                    onUnsent={toEnd}
                  />
                </div>
              </div>
            </div>
            <aside className="aside">
              <div className="aside-inside">
                <Aside room={room} host={rights.host} />
              </div>
            </aside>
          </main>
          <Announcer text={latestOfPeople(room)} />
          <Dialogs
            room={room}
            host={rights.host}
            which={dialog}
            singleKeys={singleKeys}
            onSingleKeys={(on) => {
              setSingleKeys(on);
              prefer("keys", on ? "on" : "off");
            }}
            onClose={() => setDialog(null)}
          />
        </div>
      </DeciderContext>
    </RoomContext>
  );
}

/** Returns the rows of the newest events; for the host with everything that waits. */
function useItems(room: RoomModel, host: boolean): readonly Item[] {
  const { timeline, pending, permissions, people } = room;
  return useMemo(
    () => (host ? itemsWithWaiting({ timeline, pending, permissions, people }) : timeline.items),
    [host, timeline, pending, permissions, people],
  );
}

function over(room: RoomModel): boolean {
  return room.session.status !== "active";
}

function isQuiet({ session, more, timeline }: RoomModel): boolean {
  return session.status === "active" && !more && timeline.items.every((r) => r.type === "notice");
}

function useTools(
  store: RoomStore,
  client: SessionClient,
  meId: string,
  writing: Writing,
  reply: (m: Message) => void,
): RoomTools {
  return useMemo(
    () => ({
      store,
      client,
      meId,
      writing,
      kept: new KeptParts(),
      reply,
      person: (id) => {
        const { room } = store.snapshot();
        return room && id ? authorById(room, id) : null;
      },
      message: (id) => {
        const { room } = store.snapshot();
        for (const items of room ? [shownOf(room).timeline.items, room.timeline.items] : []) {
          const row = items.findLast((r) => r.type === "chat" && r.message.id === id);
          if (row?.type === "chat") return row.message;
        }
        return null;
      },
      run: (command) =>
        command.then(
          () => true,
          (error: unknown) => {
            toastError(error);
            return false;
          },
        ),
    }),
    [store, client, meId, writing, reply],
  );
}

function whyNot(room: RoomModel, connection: ConnectionState): string {
  if (room.session.status !== "active" || connection.state === "closed")
    return t.composer.ended(room.session.status === "expired");
  if (room.readOnly) return t.composer.reading;
  return room.me.role === "viewer" ? t.composer.viewer : t.composer.viewOnly;
}

function mayStop(room: RoomModel, rights: Rights): boolean {
  const { running, items, carried } = room.timeline;
  if (running === null) return false;
  const prompt = items[findPrompt(items, running)] ?? carried[findPrompt(carried, running)];
  return prompt?.type === "prompt" ? mayCancel(rights, room.me, prompt.approval) : rights.host;
}

function latestOfPeople(room: RoomModel): string {
  const last = room.timeline.items.findLast((r) => r.type === "chat" || r.type === "prompt");
  if (last?.type === "chat" && last.author.id !== room.me.id)
    return `${nameOf(last.author)}: ${marked(last.message.text.slice(0, 300))}`;
  if (last?.type === "prompt" && last.author && last.author.id !== room.me.id)
    return t.prompt.proposed(nameOf(last.author));
  return "";
}
