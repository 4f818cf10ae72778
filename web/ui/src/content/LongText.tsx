import { useState } from "react";

import { shorten } from "../core/format.ts";
import { t } from "../texts.ts";
import { RichText } from "./RichText.tsx";

/** What people say, as markdown; the beginning of what is very long. */
export function LongText({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const short = shorten(text);
  const shown = all || short === text ? text : `${short}…`;
  return (
    <>
      <div dir="auto">
        <RichText text={shown} />
      </div>
      {short !== text && (
        <button
          type="button"
          className="text-button"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? t.tool.fewer : t.agentSays.whole}
        </button>
      )}
    </>
  );
}
