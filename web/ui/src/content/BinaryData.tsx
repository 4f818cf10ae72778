import type { Block } from "parley-client/view";

import { bytes } from "../core/format.ts";
import { marked } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { saveData } from "../parts/save.ts";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { shortened, Short } from "./Short.tsx";

/** Data that a page does not show: what it is, and a way to save it. */
export function BinaryData({ data: b }: { data: Extract<Block, { type: "binary" }> }) {
  const what = t.agentSays.binary[b.of];
  return (
    <div className="attached">
      <Icon name="file" size={14} />
      <div className="attached-text">
        {what}, {marked(shortened(b.mimeType || t.agentSays.unknownType))}, {bytes(b.size)}{" "}
        {b.data !== "" && (
          <TextButton
            aria-label={t.whole.downloadOf(what)}
            onClick={() => saveData(b.data, b.uri.split("/").at(-1) || what)}
          >
            {t.whole.download}
          </TextButton>
        )}
        {b.uri && (
          <span className="soft attached-place mono cut">
            <Short text={b.uri} />
          </span>
        )}
      </div>
    </div>
  );
}
