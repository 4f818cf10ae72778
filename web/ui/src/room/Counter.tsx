import { useRef } from "react";

import type { Item } from "../core/items.ts";
import type { Room } from "../core/room.ts";
import { decisionOf } from "../core/waiting.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import "./Counter.css";

interface Props {
  room: Room;
  items: readonly Item[];
  /** Is given the id of an approval or of a question. */
  onShow(id: string): void;
}

/** How many things wait for the one who looks at the page. It leads from one to the next. */
export function Counter({ room, items, onShow }: Props) {
  const shown = useRef("");
  const count = room.pending.length + room.permissions.length;
  if (count === 0) return null;
  const next = () => {
    const waiting = new Set([
      ...room.pending.map((a) => a.id),
      ...room.permissions.map((p) => p.requestId),
    ]);
    const ids = items.map(decisionOf).filter((id): id is string => id !== null && waiting.has(id));
    const id = ids[(ids.indexOf(shown.current) + 1) % ids.length];
    if (id === undefined) return;
    shown.current = id;
    onShow(id);
  };
  return (
    <button type="button" className="counter" onClick={next}>
      <Icon name="bell" size={14} />
      {t.waiting.count(count)}
    </button>
  );
}
