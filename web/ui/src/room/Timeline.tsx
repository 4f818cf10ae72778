import { useEffect, useImperativeHandle, useRef, useState, type ReactNode, type Ref } from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";

import { dayOf } from "../core/format.ts";
import { goesOn, type Item } from "../core/items.ts";
import type { Unsent } from "../core/outbox.ts";
import { unreadCount } from "../core/unread.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { Row } from "./items/Row.tsx";
import { UnsentRows } from "./items/UnsentRows.tsx";
import { useSeek } from "./useSeek.ts";
import { useStick } from "./useStick.ts";
import { useUnread } from "./useUnread.ts";

// Rows are numbered down from here as older ones come before them.
const start = 1_000_000_000;

export interface TimelineHandle {
  toEnd(): void;
  /** Scrolls to an approval or a question that waits, and gives its card the focus. */
  show(id: string): void;
}

interface Props {
  session: string;
  items: readonly Item[];
  meId: string;
  more: boolean;
  loadingOlder: boolean;
  onOlder(): void;
  /** What one has written that has no row yet. */
  unsent: readonly Unsent[];
  /** What to say below the rows while there is little to see. */
  hint: ReactNode;
  handle: Ref<TimelineHandle>;
}

export function Timeline(props: Props) {
  const { session, items, meId, more, loadingOlder, onOlder, unsent, hint, handle } = props;
  const list = useRef<VirtuosoHandle>(null);
  const { atEnd, attach, toEnd, release, follow } = useStick();
  const { seen, mark } = useUnread(session, items, meId, atEnd);
  const first = useFirstIndex(items);

  const seek = useSeek(items, (index) =>
    list.current?.scrollToIndex({ index, align: "start", offset: -12, behavior: "auto" }),
  );

  useImperativeHandle(handle, () => ({
    toEnd,
    show: (id) => {
      release();
      seek(id);
    },
  }));

  const unread = atEnd ? 0 : unreadCount(items, seen, meId);
  const context = { more, loadingOlder, onOlder, unsent, hint };
  return (
    <section className="timeline" aria-label={t.room.timeline}>
      <Virtuoso
        ref={list}
        className="timeline-list"
        tabIndex={0}
        data={items as Item[]}
        context={context}
        firstItemIndex={first}
        initialTopMostItemIndex={{ index: Math.max(0, items.length - 1), align: "end" }}
        computeItemKey={(_, item) => item.key}
        scrollerRef={attach}
        totalListHeightChanged={follow}
        startReached={() => more && onOlder()}
        increaseViewportBy={{ top: 800, bottom: 400 }}
        components={{ Header, Footer }}
        itemContent={(index, item) => {
          const before = items[index - first - 1];
          return (
            <>
              {before && dayOf(before.at) !== dayOf(item.at) && (
                <p className="day">{dayOf(item.at)}</p>
              )}
              {item.key === mark && (
                <p className="unread-mark" id="unread">
                  <span>{t.room.unreadMark}</span>
                </p>
              )}
              <Row item={item} follows={item.key !== mark && goesOn(before, item)} />
            </>
          );
        }}
      />
      {!atEnd && (
        <button type="button" className="jump" onClick={toEnd}>
          <Icon name="toEnd" size={15} />
          {unread > 0 ? t.room.unread(unread) : t.room.jump}
        </button>
      )}
    </section>
  );
}

interface Context {
  more: boolean;
  loadingOlder: boolean;
  onOlder(): void;
  unsent: readonly Unsent[];
  hint: ReactNode;
}

function Header({ context }: { context?: Context }) {
  if (!context) return null;
  return (
    <div className="timeline-top">
      {context.more && (
        <button
          type="button"
          className="text-button"
          disabled={context.loadingOlder}
          onClick={context.onOlder}
        >
          {context.loadingOlder ? t.room.loadingOlder : t.room.older}
        </button>
      )}
    </div>
  );
}

function Footer({ context }: { context?: Context }) {
  return (
    <div className="timeline-bottom">
      {context && <UnsentRows unsent={context.unsent} />}
      {context?.hint}
    </div>
  );
}

/** The number of the first row, which falls by as many rows as came before it. */
function useFirstIndex(items: readonly Item[]): number {
  const known = useRef({ items, first: start });
  const k = known.current;
  if (k.items !== items) {
    known.current = { items, first: k.first - shift(k.items, items) };
  }
  return known.current.first;
}

/** By how many places the last known row has moved. */
function shift(before: readonly Item[], after: readonly Item[]): number {
  const last = before.at(-1);
  if (!last || before[0]?.key === after[0]?.key) return 0;
  const place = after.findLastIndex((r) => r.key === last.key);
  return place < 0 ? 0 : place - (before.length - 1);
}

/** Reads new things of people out loud; the agent's stream would never end. */
export function Announcer({ text }: { text: string }) {
  const [said, say] = useState("");
  useEffect(() => say(text), [text]);
  return (
    <p className="hidden-visually" aria-live="polite">
      {said}
    </p>
  );
}
