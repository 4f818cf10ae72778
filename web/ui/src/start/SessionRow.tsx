import { Button } from "@mantine/core";

import type { Session } from "parley-client";

import { relativeTime } from "../core/format.ts";
import { recall } from "../core/memory.ts";
import { t } from "../texts.ts";

/** One session of the list; one enters those that this browser knows a way into. */
export function SessionRow({ session: s }: { session: Session }) {
  const known = recall(s.id);
  const now = Date.now();
  const active = s.status === "active";
  const title = known?.title ?? t.room.titleBy(s.hostUserId);
  const may = active && (known?.participant !== undefined || known?.invite !== undefined);
  return (
    <li className={active ? "session" : "session session-over"}>
      <div className="session-text">
        <strong className="cut">{title}</strong>
        <span className="soft">
          {active ? t.mode(s.mode).name : s.status === "expired" ? t.start.expired : t.start.closed}
          {" · "}
          {t.start.created(relativeTime(Date.parse(s.createdAt), now))}
          {active &&
            s.expiresAt &&
            ` · ${t.start.expires(relativeTime(Date.parse(s.expiresAt), now))}`}
        </span>
      </div>
      {may ? (
        <Button
          component="a"
          href={`/s/${s.id}`}
          size="xs"
          variant={known?.participant ? "filled" : "default"}
          aria-label={`${t.start.enter}: ${title}`}
        >
          {known?.participant ? t.start.enter : t.start.join}
        </Button>
      ) : (
        active && <span className="soft fine">{t.start.needsLink}</span>
      )}
    </li>
  );
}
