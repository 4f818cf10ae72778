import { memo } from "react";

import { chunkSize, tailChunks } from "../core/chunks.ts";
import { t } from "../texts.ts";
import { Visible } from "./Visible.tsx";

/** The end of code that is still being written, without colours: those take the whole of it. */
export function GrowingCode({ code }: { code: string }) {
  const chunks = tailChunks(code, mostShown);
  const hidden = chunks[0]?.at ?? 0;
  return (
    <pre tabIndex={0}>
      {hidden > 0 && <span className="soft">{t.whole.before(hidden)}</span>}
      <code>
        {chunks.map((c) => (
          <Piece key={c.at} text={c.text} />
        ))}
      </code>
    </pre>
  );
}

// About 400 lines.
const mostShown = 8 * chunkSize;

const Piece = memo(function Piece({ text }: { text: string }) {
  return (
    <span>
      <Visible text={text} />
    </span>
  );
});
