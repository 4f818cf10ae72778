import { pretty } from "../../core/format.ts";
import type { OtherRow } from "../../core/items.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";

export function OtherUpdate({ row }: { row: OtherRow }) {
  return (
    <Fold
      className="fold-quiet"
      summary={
        <>
          <Icon name="braces" size={14} />
          <span className="fold-name mono">{t.other.title(row.name, row.raw.length)}</span>
        </>
      }
    >
      {row.raw.map((raw, i) => (
        <pre key={i} className="json" tabIndex={0}>
          {pretty(raw)}
        </pre>
      ))}
    </Fold>
  );
}
