import { useState } from "react";

import { shorten } from "../core/format.ts";
import { withLinks } from "../core/links.ts";
import { t } from "../texts.ts";
import { SafeLink } from "./SafeLink.tsx";

/** What people write, as they wrote it; the beginning of what is very long. */
export function LongText({ text, links = false }: { text: string; links?: boolean }) {
  const [all, setAll] = useState(false);
  const short = shorten(text);
  const shown = all ? text : short;
  return (
    <>
      <p dir="auto">
        {links
          ? withLinks(shown).map((p, i) =>
              p.href ? (
                <SafeLink key={i} href={p.href}>
                  {p.text}
                </SafeLink>
              ) : (
                p.text
              ),
            )
          : shown}
        {shown !== text && "…"}
      </p>
      {short !== text && (
        <button type="button" className="text-button" onClick={() => setAll(!all)}>
          {all ? t.tool.fewer : t.agentSays.whole}
        </button>
      )}
    </>
  );
}
