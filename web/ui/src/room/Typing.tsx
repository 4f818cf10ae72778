import { nameOf } from "../core/name.ts";
import { personById, type Room } from "../core/room.ts";
import { t } from "../texts.ts";
import "./Typing.css";

/** Shows who is typing. The line is always there, so that nothing moves. */
export function Typing({ room }: { room: Room }) {
  const names = [...room.typing].flatMap((id) => {
    const p = personById(room, id);
    return p && p.leftAt === null ? [nameOf(p)] : [];
  });
  return <p className="typing-line">{names.length > 0 ? `${t.people.typing(names)}…` : ""}</p>;
}
