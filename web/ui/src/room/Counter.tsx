import { useRef } from "react";

import type { Item } from "../core/items.ts";
import type { Room } from "../core/room.ts";
import { waits } from "../core/waiting.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";

interface Props {
  room: Room;
  items: readonly Item[];
  onShow(key: string): void;
}

/** How many things wait for the one who looks at the page. It leads from one to the next. */
export function Counter({ room, items, onShow }: Props) {
  // The button takes the focus from the card that it led to.
  const shown = useRef("");
  const count = room.pending.length + room.permissions.length;
  if (count === 0) return null;
  const next = () => {
    const keys = items.filter((r) => waits(r, room)).map((r) => r.key);
    const now = document.activeElement?.closest<HTMLElement>(".row.waiting")?.dataset.row;
    const key = keys[(keys.indexOf(now ?? shown.current) + 1) % keys.length];
    if (key === undefined) return;
    shown.current = key;
    onShow(key);
  };
  return (
    <button type="button" className="counter" onClick={next}>
      <Icon name="bell" size={14} />
      {t.waiting.count(count)}
    </button>
  );
}
