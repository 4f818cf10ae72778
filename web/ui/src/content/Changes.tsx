import type { ToolContent } from "parley-client/view";

import { changeText } from "../core/files.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { decided, WholeText } from "./WholeText.tsx";

interface Props {
  content: Extract<ToolContent, { type: "changes" }>;
  /** Whether the user decides on them: then they are shown in full. */
  isDecided?: boolean;
}

/** Changes of files: a line for each, and the patch if there is one. */
export function Changes({ content: { changes, patch }, isDecided = false }: Props) {
  const whole = isDecided ? decided : {};
  return (
    <figure className="changes" aria-label={t.tool.changes}>
      <figcaption className="attached">
        <Icon name="file" size={14} />
        <WholeText
          text={changes.map(changeText).join("\n")}
          label={t.tool.changes}
          mono
          {...whole}
        />
      </figcaption>
      {patch !== null && <WholeText text={patch} label={t.tool.patch} mono {...whole} />}
    </figure>
  );
}
