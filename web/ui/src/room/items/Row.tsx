import { memo } from "react";

import type { Item } from "parley-client/view";
import { decisionOf } from "../../core/waiting.ts";
import { Kept } from "../../parts/kept.tsx";
import { t } from "../../texts.ts";
import { useDecider, useTools } from "../context.ts";
import { AgentSays } from "./AgentSays.tsx";
import { AgentTerminal } from "./AgentTerminal.tsx";
import { Chat } from "./Chat.tsx";
import { Compaction } from "./Compaction.tsx";
import { ElicitationLine } from "./ElicitationLine.tsx";
import { NoticeLine } from "./NoticeLine.tsx";
import { OtherUpdate } from "./OtherUpdate.tsx";
import { PermissionLine } from "./PermissionLine.tsx";
import { Plan } from "./Plan.tsx";
import { Prompt } from "./Prompt.tsx";
import { ToolCard } from "./ToolCard.tsx";
import { TurnEnd, TurnStart } from "./Turn.tsx";
import "./Row.css";

interface Props {
  item: Item;
  /** Whether it is a follow-up to the row above. */
  follows: boolean;
}

/** A row of the timeline. */
export const Row = memo(function Row({ item, follows }: Props) {
  const inTurn =
    ("turn" in item && item.turn !== null) || ("during" in item && item.during !== null);
  const { kept } = useTools();
  const waiting = useWaits(item) ? " waiting" : "";
  return (
    <Kept kept={kept} name={decisionOf(item) ?? item.key}>
      <div
        className={`row row-${item.type}${inTurn ? " in-turn" : ""}${waiting}`}
        data-decision={decisionOf(item)}
        tabIndex={-1}
      >
        <Body item={item} follows={follows} />
        {item.redaction && <p className="redaction">{t.redaction[item.redaction]}</p>}
      </div>
    </Kept>
  );
});

/** Reports whether a row waits for the user's decision. */
function useWaits(item: Item): boolean {
  const { proposals, questions } = useDecider();
  if (item.type === "prompt") return proposals.has(item.approval.id);
  if (item.type === "elicitation") return questions.has(item.request.requestId);
  return item.type === "permission" && questions.has(item.requestId);
}

function Body({ item, follows }: Props) {
  switch (item.type) {
    case "chat":
      return <Chat row={item} follows={follows} />;
    case "prompt":
      return <Prompt row={item} />;
    case "turn-start":
      return <TurnStart row={item} />;
    case "turn-end":
      return <TurnEnd row={item} />;
    case "say":
      return <AgentSays row={item} />;
    case "tool":
      return <ToolCard row={item} />;
    case "terminal":
      return <AgentTerminal row={item} />;
    case "compaction":
      return <Compaction row={item} />;
    case "plan":
      return <Plan row={item} />;
    case "permission":
      return <PermissionLine row={item} />;
    case "elicitation":
      return <ElicitationLine row={item} />;
    case "other":
      return <OtherUpdate row={item} />;
    case "notice":
      return <NoticeLine row={item} />;
  }
}
