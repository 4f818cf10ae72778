import type { Participant } from "parley-client";

import { hue, initials } from "../core/format.ts";
import { nameOf } from "../core/name.ts";
import "./Face.css";

interface Props {
  person: Participant | null;
  size?: "sm" | "md";
  present?: boolean;
}

/** A participant's picture: initials on a colour that depends on the user id. */
export function Face({ person, size = "md", present }: Props) {
  const name = person ? nameOf(person) : "?";
  return (
    <span className={`face face-${size} hue-${hue(person?.userId ?? "", 8)}`} aria-hidden="true">
      {initials(name)}
      {present !== undefined && <span className={present ? "dot dot-on" : "dot"} />}
    </span>
  );
}
