import { useRef } from "react";

import type { Item } from "parley-client/view";
import { openQuestions, type Room } from "../core/room.ts";
import { nextDecision } from "../core/waiting.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import "./Counter.css";

interface Props {
  room: Room;
  items: readonly Item[];
  /** Called with the id of an approval or a question. */
  onShow(id: string): void;
}

/** Shows how many things wait for the user's decision, and leads from one to the next. */
export function Counter({ room, items, onShow }: Props) {
  const shown = useRef<string | null>(null);
  const count = room.pending.length + openQuestions(room).length;
  if (count === 0) return null;
  const next = () => {
    const waiting = new Set([...room.pending.map((a) => a.id), ...openQuestions(room)]);
    const id = nextDecision(items, waiting, shown.current);
    if (id === null) return;
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
