import { pretty } from "../../core/format.ts";
import { marked } from "../../core/visible.ts";
import type { OtherRow } from "parley-client/view";
import { WholeText } from "../../content/WholeText.tsx";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Part } from "../../parts/kept.tsx";
import { t } from "../../texts.ts";

export function OtherUpdate({ row }: { row: OtherRow }) {
  return (
    <Fold
      name="updates"
      className="fold-quiet"
      summary={
        <>
          <Icon name="braces" size={14} />
          <span className="fold-name mono">{t.other.title(marked(row.name), row.raw.length)}</span>
        </>
      }
    >
      {row.raw.map((raw, i) => (
        <Part key={i} name={`update ${i}`}>
          <WholeText text={pretty(raw)} label={t.whole.json} mono />
        </Part>
      ))}
    </Fold>
  );
}
