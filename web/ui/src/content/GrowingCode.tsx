import { memo } from "react";

import { chunkSize, countLines, tailChunks, tailOf } from "../core/chunks.ts";
import { countHidden, withoutHidden } from "../core/visible.ts";
import { t } from "../texts.ts";
import { CodeFrame, linesAtFirst } from "./CodeFrame.tsx";
import { Visible } from "./Visible.tsx";

/**
 * The end of code that is still growing, without colours: those would need the whole
 * code each time.
 */
export function GrowingCode({ code }: { code: string }) {
  const text = code.replace(/\n$/, "");
  const content = () => ({ text: withoutHidden(text), hidden: countHidden(text) });
  return (
    <CodeFrame language="" lines={countLines(text)} content={content}>
      {(folded) =>
        folded ? (
          <code>
            <Visible text={tailOf(text, linesAtFirst, chunkSize).text} />
          </code>
        ) : (
          <Tail code={code} />
        )
      }
    </CodeFrame>
  );
}

function Tail({ code }: { code: string }) {
  const chunks = tailChunks(code, maxShown);
  const hidden = chunks[0]?.at ?? 0;
  return (
    <>
      {hidden > 0 && <span className="soft">{t.whole.before(hidden)}</span>}
      <code>
        {chunks.map((c) => (
          <Piece key={c.at} text={c.text} />
        ))}
      </code>
    </>
  );
}

// About 400 lines.
const maxShown = 8 * chunkSize;

const Piece = memo(function Piece({ text }: { text: string }) {
  return (
    <span>
      <Visible text={text} />
    </span>
  );
});
