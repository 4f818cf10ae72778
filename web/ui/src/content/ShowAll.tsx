import { countLines } from "../core/chunks.ts";
import { Icon } from "../parts/Icon.tsx";
import { fileNameOf, saveText } from "../parts/save.ts";
import { t } from "../texts.ts";
import "./ShowAll.css";

interface Props {
  text: string;
  /** What kind of text it is. */
  what: string;
  /** The name of the saved file, unless it is the label. */
  label?: string;
  all: boolean;
  onAll(all: boolean): void;
}

/** Buttons below the shown part of a long text: show all of it, or save it as a file. */
export function ShowAll({ text, what, label = what, all, onAll }: Props) {
  return (
    <div className="show-all">
      <button type="button" className="fold-more" aria-expanded={all} onClick={() => onAll(!all)}>
        {all ? t.tool.fewer : t.whole.showAll(what, countLines(text), text.length)}
      </button>
      <button
        type="button"
        className="fold-more"
        aria-label={t.whole.downloadOf(what)}
        onClick={() => saveText(text, fileNameOf(label))}
      >
        <Icon name="download" size={13} /> {t.whole.download}
      </button>
    </div>
  );
}
