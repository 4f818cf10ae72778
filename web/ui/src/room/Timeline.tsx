import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type ReactNode,
  type Ref,
} from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";

import type { Target } from "../core/composed.ts";
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
// Older rows are loaded before one sees where the others begin.
const nearStartPx = 800;

export interface TimelineHandle {
  toEnd(): void;
  /** Scrolls to an approval or a question that waits, and gives its card the focus. */
  show(id: string): void;
}

interface Props {
  session: string;
  items: readonly Item[];
  /** The rows of what happened last, which are others while one reads far up. */
  newest: readonly Item[];
  meId: string;
  /** Whether there are older rows than those. */
  more: boolean;
  /** Whether there are newer ones. */
  past: boolean;
  /** Whether older rows would take the place of newer ones. */
  full: boolean;
  loadingOlder: boolean;
  onOlder(): void;
  loadingNewer: boolean;
  onNewer(): void;
  onNewest(): void;
  /** Is told whether the user has scrolled up from the end. */
  onRead(on: boolean): void;
  /** What one has written that has no row yet. */
  unsent: readonly Unsent[];
  /** Whom one may write to. */
  writes: Readonly<Record<Target, boolean>>;
  /** Puts what was not sent into the composer again. */
  onPutBack(unsent: Unsent): void;
  /** What to say below the rows while there is little to see. */
  hint: ReactNode;
  handle: Ref<TimelineHandle>;
}

export function Timeline(props: Props) {
  const { session, items, newest, meId, more, past, full, handle } = props;
  const list = useRef<VirtuosoHandle>(null);
  const { atEnd, attach, toEnd: stick, release, arrive, follow } = useStick(!past);
  const { seen, mark } = useUnread(session, newest, meId, atEnd);
  const { first, generation } = usePlaces(items);
  const scroller = useRef<HTMLElement | null>(null);
  const atBottom = useRef(true);

  const scrollTo = (index: number) =>
    list.current?.scrollToIndex({ index, align: "start", offset: -12, behavior: "auto" });
  const seek = useSeek(items, scrollTo, arrive);

  const toEnd = () => {
    props.onNewest();
    stick();
  };
  useImperativeHandle(handle, () => ({
    toEnd,
    show: (id) => {
      props.onNewest();
      release();
      seek(id);
    },
  }));

  const { onRead } = props;
  useEffect(() => onRead(!atEnd), [onRead, atEnd]);
  useEffect(() => {
    if (!past) follow();
  }, [past, follow]);

  const unread = atEnd ? 0 : unreadCount(newest, seen, meId);
  // The first row can be in sight when the start is far: the agent says long
  // things. A list that is kept at its end may still have to get there.
  const isNearStart = () => {
    const s = scroller.current;
    return !s || (atEnd ? s.scrollHeight - s.clientHeight : s.scrollTop) <= nearStartPx;
  };
  // A list that is shorter than its box is at both of its ends.
  const onStart = () => {
    if (more && isNearStart() && !(atBottom.current && (past || full))) props.onOlder();
  };
  const scrollIn = useCallback(
    (element: HTMLElement | Window | null) => {
      scroller.current = element instanceof HTMLElement ? element : null;
      attach(element);
    },
    [attach],
  );
  const onBottom = (is: boolean) => {
    atBottom.current = is;
    if (is && past) props.onNewer();
  };
  return (
    <section className="timeline" aria-label={t.room.timeline}>
      <Virtuoso
        key={generation}
        ref={list}
        className="timeline-list"
        tabIndex={0}
        data={items as Item[]}
        context={props}
        firstItemIndex={first}
        initialTopMostItemIndex={{ index: Math.max(0, items.length - 1), align: "end" }}
        computeItemKey={(_, item) => item.key}
        scrollerRef={scrollIn}
        totalListHeightChanged={follow}
        startReached={onStart}
        atTopThreshold={nearStartPx}
        atTopStateChange={(is) => is && onStart()}
        endReached={() => past && props.onNewer()}
        atBottomStateChange={onBottom}
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

function Header({ context }: { context?: Props }) {
  if (!context) return null;
  const { more, loadingOlder: busy, onOlder } = context;
  return (
    <div className="timeline-top">
      {more && (
        <Load busy={busy} onClick={onOlder}>
          {busy ? t.room.loadingOlder : t.room.older}
        </Load>
      )}
    </div>
  );
}

function Footer({ context }: { context?: Props }) {
  if (!context) return null;
  const { past, loadingNewer: busy, onNewer } = context;
  return (
    <div className="timeline-bottom">
      {past && (
        <Load busy={busy} onClick={onNewer}>
          {busy ? t.room.loadingNewer : t.room.newer}
        </Load>
      )}
      <UnsentRows unsent={context.unsent} writes={context.writes} onPutBack={context.onPutBack} />
      {context.hint}
    </div>
  );
}

interface LoadProps {
  busy: boolean;
  onClick(): void;
  children: ReactNode;
}

/** Loads the rows that come before, or after, those that are shown. */
function Load({ busy, onClick, children }: LoadProps) {
  return (
    <button type="button" className="text-button" disabled={busy} onClick={onClick}>
      {children}
    </button>
  );
}

/**
 * The number of the first row, which falls by as many rows as came before it
 * and rises by as many as were dropped there. Another generation has no row of
 * the one before.
 */
function usePlaces(items: readonly Item[]): { first: number; generation: number } {
  const known = useRef({ items, first: start, generation: 0 });
  const k = known.current;
  if (k.items !== items) {
    const by = shift(k.items, items);
    known.current =
      by === null
        ? { items, first: start, generation: k.generation + 1 }
        : { ...k, items, first: k.first - by };
  }
  return known.current;
}

/** By how many places the last row has moved that both lists have; null if there is none. */
function shift(before: readonly Item[], after: readonly Item[]): number | null {
  if (before.length === 0 || before[0]?.key === after[0]?.key) return 0;
  const places = new Map(after.map((r, i) => [r.key, i]));
  for (let i = before.length - 1; i >= 0; i--) {
    const place = places.get(before[i]!.key);
    if (place !== undefined) return place - i;
  }
  return null;
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
