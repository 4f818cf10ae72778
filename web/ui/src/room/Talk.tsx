import { useCallback, type RefObject } from "react";

import type { ConnectionState, Message } from "parley-client";

import type { Item } from "parley-client/view";
import type { Unsent } from "../core/outbox.ts";
import type { Rights } from "../core/rights.ts";
import type { Room } from "../core/room.ts";
import { Composer, type ComposerHandle } from "./Composer.tsx";
import { useTools } from "./context.ts";
import { Conversation } from "./Conversation.tsx";
import { Dock } from "./Dock.tsx";
import type { DialogName } from "./Header.tsx";
import { mayStopTurn, whyNoWriting } from "./roomView.ts";
import type { TimelineHandle } from "./Timeline.tsx";

interface Props {
  room: Room;
  rights: Rights;
  /** The rows of the newest events. */
  items: readonly Item[];
  connection: ConnectionState;
  loadingOlder: boolean;
  loadingNewer: boolean;
  replyTo: Message | null;
  onReply(message: Message | null): void;
  open(dialog: DialogName): void;
  toEnd(): void;
  timeline: RefObject<TimelineHandle | null>;
  composer: RefObject<ComposerHandle | null>;
}

const noCommands: readonly [] = [];

/** The conversation, and below it where the user takes part in it. */
export function Talk({ room, rights, items, connection, onReply, open, ...props }: Props) {
  const { writing, message } = useTools();
  const { timeline, composer, toEnd } = props;
  const endReply = useCallback(() => onReply(null), [onReply]);
  const putBack = ({ id, target, text, replyTo, content }: Unsent) => {
    if (text !== "") writing.composed.putBack(target, text);
    const links = content?.filter((c) => c.type === "resource_link") ?? [];
    for (const { path } of links) if (path) writing.files.add(path); // linked again when sent
    writing.attachments.putBack(content?.filter((c) => !links.includes(c)) ?? []);
    writing.outbox.discard(id);
    onReply((replyTo !== undefined && message(replyTo)) || null);
    composer.current?.focus();
  };
  return (
    <div className="room-talk">
      <Conversation
        room={room}
        items={items}
        rights={rights}
        loadingOlder={props.loadingOlder}
        loadingNewer={props.loadingNewer}
        onPutBack={putBack}
        onInvite={() => open("invite")}
        handle={timeline}
      />
      <Dock
        room={room}
        items={items}
        rights={rights}
        ask={open}
        onShow={(id) => timeline.current?.show(id)}
      >
        <Composer
          handle={composer}
          rights={rights}
          why={whyNoWriting(room, connection.state === "closed")}
          busy={room.timeline.running !== null}
          mayStop={mayStopTurn(room, rights)}
          commands={room.agent.availableCommands ?? noCommands}
          limits={room.limits}
          agent={room.agent}
          live={connection.state === "live"}
          lost={connection.state === "reconnecting"}
          replyTo={props.replyTo}
          onReplyDone={endReply}
          onSent={toEnd}
          onUnsent={toEnd}
        />
      </Dock>
    </div>
  );
}
