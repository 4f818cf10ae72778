import type { ReactNode } from "react";

import type { ToolContent } from "parley-client/view";
import { namesOf } from "../core/kept.ts";
import { Part } from "../parts/kept.tsx";

interface Props<Content extends ToolContent> {
  of: readonly Content[];
  children(content: Content): ReactNode;
}

/**
 * The parts of a tool's result. A part keeps its state when one of another kind is
 * added before it.
 */
export function Parts<Content extends ToolContent>({ of: parts, children }: Props<Content>) {
  const names = namesOf(parts, kindOf);
  return parts.map((part, i) => (
    <Part key={names[i]} name={names[i] ?? ""}>
      {children(part)}
    </Part>
  ));
}

function kindOf(part: ToolContent): string {
  return part.type === "block" ? part.block.type : part.type;
}
