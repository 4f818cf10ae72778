import type { Block } from "parley-client/view";

import { bytes } from "../core/format.ts";
import { marked } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { SafeLink } from "./SafeLink.tsx";
import { shortened, Short } from "./Short.tsx";

/** A file or page that the agent refers to: its name, what it is, and where it is. */
export function ResourceLink({ link }: { link: Extract<Block, { type: "link" }> }) {
  const { uri, title, description, mimeType, size } = link;
  const about = [marked(shortened(mimeType)), size === null ? "" : bytes(size)].filter(Boolean);
  return (
    <div className="attached">
      <Icon name="link" size={14} />
      <div className="attached-text">
        <SafeLink href={uri}>
          <Short text={title} />
        </SafeLink>
        {about.length > 0 && <span className="soft"> {about.join(", ")}</span>}
        {title !== uri && (
          <span className="soft attached-place mono cut">
            <Short text={uri} />
          </span>
        )}
        {description && (
          <span className="soft attached-place">
            <Short text={description} />
          </span>
        )}
      </div>
    </div>
  );
}
