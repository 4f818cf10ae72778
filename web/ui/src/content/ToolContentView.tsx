import type { ToolContent } from "parley-client/view";
import { onlyFence } from "../core/fence.ts";
import { pretty } from "../core/format.ts";
import { Fold } from "../parts/Fold.tsx";
import { t } from "../texts.ts";
import { OneBlock } from "./Blocks.tsx";
import { Changes } from "./Changes.tsx";
import { LazyDiff } from "./LazyDiff.tsx";
import { Terminal } from "./Terminal.tsx";
import { WholeText } from "./WholeText.tsx";

interface Props {
  content: Exclude<ToolContent, { type: "terminal" }>;
  /** Whether the tool runs a command. */
  runs: boolean;
  title: string;
}

/** A part of a tool's result. */
export function ToolContentView({ content: c, runs, title }: Props) {
  if (c.type === "diff") return <LazyDiff path={c.path} oldText={c.oldText} newText={c.newText} />;
  if (c.type === "changes") return <Changes content={c} />;
  if (c.type === "unknown") {
    return (
      <Fold name="unknown" summary={t.agentSays.unknownBlock} className="fold-quiet">
        <WholeText text={pretty(c.raw)} label={t.whole.json} mono />
      </Fold>
    );
  }
  if (c.block.type === "text") {
    const fence = onlyFence(c.block.text);
    const plain = fence?.code ?? (runs ? c.block.text : null);
    if (plain !== null && (runs || !fence?.language)) {
      return <Terminal output={plain} label={t.tool.outputOf(title)} />;
    }
  }
  return <OneBlock block={c.block} />;
}
