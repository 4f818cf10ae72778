import { t } from "../texts.ts";
import { Icon } from "./Icon.tsx";
import { useCopy } from "./copy.ts";

/** Something to hand on: a link, or a command. */
export function CopyField({
  text,
  label,
  copyLabel = t.copy,
}: {
  text: string;
  label: string;
  copyLabel?: string;
}) {
  const [copied, copy] = useCopy();
  return (
    <div className="copyfield">
      <code tabIndex={0} role="textbox" aria-readonly="true" aria-label={label}>
        {text}
      </code>
      <button type="button" onClick={() => copy(text)} aria-label={copied ? t.copied : copyLabel}>
        <Icon name={copied ? "check" : "copy"} size={15} />
        <span>{copied ? t.copied : t.copy}</span>
      </button>
      <span className="hidden-visually" role="status">
        {copied ? t.copied : ""}
      </span>
    </div>
  );
}
