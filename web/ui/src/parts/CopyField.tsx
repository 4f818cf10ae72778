import { t } from "../texts/outside.ts";
import { Icon } from "./Icon.tsx";
import { useCopy } from "./copy.ts";
import "./CopyField.css";

/** A link or a command to copy. While it is pending, nothing can be copied. */
export function CopyField({
  text,
  label,
  copyLabel = t.copy,
  pending,
}: {
  text: string;
  label: string;
  copyLabel?: string;
  pending?: string | undefined;
}) {
  const [copied, copy] = useCopy();
  return (
    <div className="copyfield">
      <code tabIndex={0} role="textbox" aria-readonly="true" aria-label={label}>
        {pending ?? text}
      </code>
      <button
        type="button"
        disabled={pending !== undefined}
        onClick={() => copy(text)}
        aria-label={copied ? t.copied : copyLabel}
      >
        <Icon name={copied ? "check" : "copy"} size={15} />
        <span>{copied ? t.copied : t.copy}</span>
      </button>
      <span className="hidden-visually" role="status">
        {copied ? t.copied : ""}
      </span>
    </div>
  );
}
