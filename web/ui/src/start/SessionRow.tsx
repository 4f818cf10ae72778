import { Button } from "@mantine/core";

import { relativeTime } from "../core/format.ts";
import { recall } from "../core/memory.ts";
import { server } from "../core/place.ts";
import { useNow } from "../parts/useNow.ts";
import { t } from "../texts.ts";
import { marked } from "../core/visible.ts";
import type { Entry } from "./choose.ts";
import "./SessionRow.css";

/** A session of the list, with a link if this browser has credentials or an invite for it. */
export function SessionRow({ entry: { session: s, title: given, agent } }: { entry: Entry }) {
  const title = marked(given);
  const known = recall(s.id);
  const now = useNow(true, 30_000);
  const active = s.status === "active";
  const may = active && (known?.participant !== undefined || known?.invite !== undefined);
  return (
    <li className={active ? "session" : "session session-over"}>
      <div className="session-text">
        <strong className="cut" title={title}>
          {title}
        </strong>
        <span className="soft">
          {agent && agent.toLowerCase() !== title.toLowerCase() && `${agent} · `}
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
          href={`${server()}/s/${s.id}`}
          size="xs"
          variant={known?.participant ? "filled" : "default"}
          aria-label={`${t.start.enter}: ${title}`}
        >
          {known?.participant ? t.start.enter : t.start.join}
        </Button>
      ) : !active && known?.participant ? (
        <Button
          component="a"
          href={`${server()}/s/${s.id}`}
          size="xs"
          variant="default"
          aria-label={`${t.start.read}: ${title}`}
        >
          {t.start.read}
        </Button>
      ) : (
        active && <span className="soft fine">{t.start.needsLink}</span>
      )}
    </li>
  );
}
