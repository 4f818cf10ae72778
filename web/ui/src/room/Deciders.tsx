import { deciderOf } from "../core/rights.ts";
import { nameOf } from "../core/name.ts";
import { openQuestions, type Room } from "../core/room.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import "./Deciders.css";

/** Says who can decide on what waits. */
export function Deciders({ room }: { room: Room }) {
  const decider = deciderOf(room.people, room.present);
  if (!decider || room.session.status !== "active") return null;
  const { who, is } = decider;
  const name = who.id === room.me.id ? null : nameOf(who);
  return (
    <p className="deciders" dir="auto">
      {t.people.decides(name, is)}
    </p>
  );
}

/** Says above the composer that no participant can decide. */
export function NobodyDecides({ room }: { room: Room }) {
  const decider = deciderOf(room.people, room.present);
  if (decider?.is !== "left" || room.session.status !== "active") return null;
  const waiting = room.pending.length + openQuestions(room).length;
  const name = decider.who.id === room.me.id ? null : nameOf(decider.who);
  return (
    <p className="nobody-decides" role="status" dir="auto">
      <Icon name="clock" size={15} />
      <span>{t.people.nobodyDecides(name, waiting)}</span>
    </p>
  );
}
