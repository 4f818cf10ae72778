import type { ReactNode } from "react";

import { Icon } from "./Icon.tsx";
import { Part, useKept } from "./kept.tsx";
import "./Fold.css";

interface Props {
  /** Its name, unique within its part. */
  name: string;
  summary: ReactNode;
  children: ReactNode;
  open?: boolean;
  className?: string;
}

/** A fold whose content is rendered only while it is open. */
export function Fold(props: Props) {
  return (
    <Part name={props.name}>
      <Unfolding {...props} />
    </Part>
  );
}

function Unfolding({ summary, children, open: openAtFirst = false, className = "" }: Props) {
  const [open, setOpen] = useKept("open", openAtFirst);
  return (
    <div className={`fold ${className}`}>
      <button
        type="button"
        className="fold-head"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? "down" : "right"} size={14} />
        <span className="fold-summary">{summary}</span>
      </button>
      {open && <div className="fold-body">{children}</div>}
    </div>
  );
}
