import { useState } from "react";

import { shorten } from "../core/format.ts";
import { t } from "../texts.ts";
import { RichText } from "./RichText.tsx";

/** What people write, as they wrote it or as markdown; the beginning of what is very long. */
export function LongText({ text, rich = false }: { text: string; rich?: boolean }) {
  const [all, setAll] = useState(false);
  const short = shorten(text);
  const shown = all || short === text ? text : `${short}…`;
  return (
    <>
      {rich ? (
        <div dir="auto">
          <RichText text={shown} />
        </div>
      ) : (
        <p dir="auto">{shown}</p>
      )}
      {short !== text && (
        <button type="button" className="text-button" onClick={() => setAll(!all)}>
          {all ? t.tool.fewer : t.agentSays.whole}
        </button>
      )}
    </>
  );
}
