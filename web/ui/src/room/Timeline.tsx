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
import { isFollowUp, type Item } from "parley-client/view";
import type { Unsent } from "../core/outbox.ts";
import { placesOf, renumber } from "../core/places.ts";
import { unreadCount } from "../core/unread.ts";
import { Icon } from "../parts/Icon.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { Row } from "./items/Row.tsx";
import { UnsentRows } from "./items/UnsentRows.tsx";
import { useSeek } from "./useSeek.ts";
import { useStick } from "./useStick.ts";
import { useUnread } from "./useUnread.ts";
import "./Timeline.css";

// Older rows are loaded before the first row comes into sight.
const nearStartPx = 800;

export interface TimelineHandle {
  toEnd(): void;
  /** Scrolls to a waiting approval or question and gives its card the focus. */
  show(id: string): void;
}

interface Props {
  session: string;
  items: readonly Item[];
  /** The newest rows, which differ from items while the user reads the past. */
  newest: readonly Item[];
  meId: string;
  /** Whether there are older rows than items. */
  more: boolean;
  /** Whether there are newer rows than items. */
  past: boolean;
  /** Whether older rows would displace newer ones. */
  full: boolean;
  loadingOlder: boolean;
  onOlder(): void;
  loadingNewer: boolean;
  onNewer(): void;
  onNewest(): void;
  /** Called with whether the user has scrolled up from the end. */
  onRead(on: boolean): void;
  /** Texts of the user that have no row yet. */
  unsent: readonly Unsent[];
  /** Which targets the user may write to. */
  writes: Readonly<Record<Target, boolean>>;
  /** Puts a text that was not sent back into the composer. */
  onPutBack(unsent: Unsent): void;
  /** Shown below the rows while there is little to see. */
  hint: ReactNode;
  handle: Ref<TimelineHandle>;
}

/** The conversation: a list that renders only the rows near the visible ones. */
export function Timeline(props: Props) {
  const { items } = props;
  const [places, setPlaces] = useState(() => placesOf(items));
  if (places.items !== items) setPlaces(renumber(places, items));
  return <List {...props} first={places.first} generation={places.generation} />;
}

function List(props: Props & { first: number; generation: number }) {
  const { session, items, newest, meId, past, first, onNewest, onRead } = props;
  const list = useRef<VirtuosoHandle>(null);
  const { atEnd, follower } = useStick(!past);
  const { seen, mark } = useUnread(session, newest, meId, atEnd);
  const edges = useEdges(props, atEnd, follower.attach);
  const { follow } = follower;

  const scrollTo = (index: number) =>
    list.current?.scrollToIndex({ index, align: "start", offset: -12, behavior: "auto" });
  const seek = useSeek(items, scrollTo, follower.endSeek);
  const toEnd = () => {
    onNewest();
    follower.toEnd();
  };
  const show = (id: string) => {
    onNewest();
    follower.seek();
    seek(id);
  };
  useImperativeHandle(props.handle, () => ({ toEnd, show }));
  useEffect(() => onRead(!atEnd), [onRead, atEnd]);
  useEffect(() => {
    if (!past) follow();
  }, [past, follow]);

  return (
    <section className="timeline" aria-label={t.room.timeline}>
      <Virtuoso
        key={props.generation}
        ref={list}
        className="timeline-list"
        tabIndex={0}
        data={items as Item[]}
        context={props}
        firstItemIndex={first}
        initialTopMostItemIndex={{ index: Math.max(0, items.length - 1), align: "end" }}
        computeItemKey={(_, item) => item.key}
        scrollerRef={edges.attach}
        totalListHeightChanged={follow}
        startReached={edges.onStart}
        atTopThreshold={nearStartPx}
        atTopStateChange={(is) => is && edges.onStart()}
        endReached={() => past && props.onNewer()}
        atBottomStateChange={edges.onBottom}
        increaseViewportBy={{ top: 800, bottom: 400 }}
        components={{ Header, Footer }}
        itemContent={(index, item) => (
          <RowInPlace item={item} before={items[index - first - 1]} mark={mark} />
        )}
      />
      {!atEnd && <ToEnd unread={unreadCount(newest, seen, meId)} onClick={toEnd} />}
    </section>
  );
}

type ScrollElement = HTMLElement | Window | null;

/** Returns handlers that load more rows at the edges of the list. */
function useEdges(props: Props, atEnd: boolean, onAttach: (e: ScrollElement) => void) {
  const { more, past, full, onOlder, onNewer } = props;
  const scroller = useRef<HTMLElement | null>(null);
  const atBottom = useRef(true);
  const attach = useCallback(
    (element: ScrollElement) => {
      scroller.current = element instanceof HTMLElement ? element : null;
      onAttach(element);
    },
    [onAttach],
  );
  // The first row can be in sight while the start is far away, since the agent's
  // messages are long. A list that is kept at its end may still be on its way there.
  const isNearStart = () => {
    const s = scroller.current;
    return !s || (atEnd ? s.scrollHeight - s.clientHeight : s.scrollTop) <= nearStartPx;
  };
  const onStart = () => {
    // A list that is shorter than its box is at both of its ends.
    if (more && isNearStart() && !(atBottom.current && (past || full))) onOlder();
  };
  const onBottom = (is: boolean) => {
    atBottom.current = is;
    if (is && past) onNewer();
  };
  return { attach, onStart, onBottom };
}

interface RowInPlaceProps {
  item: Item;
  before: Item | undefined;
  /** The key of the first unread row. */
  mark: string | null;
}

/** A row with the day and the unread mark above it. */
function RowInPlace({ item, before, mark }: RowInPlaceProps) {
  return (
    <>
      {before && dayOf(before.at) !== dayOf(item.at) && <p className="day">{dayOf(item.at)}</p>}
      {item.key === mark && (
        <p className="unread-mark" id="unread">
          <span>{t.room.unreadMark}</span>
        </p>
      )}
      <Row item={item} follows={item.key !== mark && isFollowUp(before, item)} />
    </>
  );
}

function ToEnd({ unread, onClick }: { unread: number; onClick(): void }) {
  return (
    <button type="button" className="jump" onClick={onClick}>
      <Icon name="toEnd" size={15} />
      {unread > 0 ? t.room.unread(unread) : t.room.jump}
    </button>
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

/** Loads the rows before or after the shown ones. */
function Load({ busy, onClick, children }: LoadProps) {
  return (
    <TextButton disabled={busy} onClick={onClick}>
      {children}
    </TextButton>
  );
}
