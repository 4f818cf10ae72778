import { below, placeText } from "../core/files.ts";
import type { Room } from "../core/room.ts";
import { marked } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import "./LooksAt.css";

/** The file and the line that the agent looks at now; nothing between turns. */
export function LooksAt({ room }: { room: Room }) {
  const { looksAt } = room.timeline;
  if (looksAt === null) return null;
  const path = below(room.agent.cwd, looksAt.path);
  const place = marked(placeText({ ...looksAt, path }));
  return (
    <p className="looks-at" title={marked(placeText(looksAt))}>
      <Icon name="eye" size={13} />
      <span className="hidden-visually">{t.room.looksAt}</span>
      <bdi className="looks-at-path mono">{place}</bdi>
    </p>
  );
}
