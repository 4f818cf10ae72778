import { Button, NativeSelect, SegmentedControl } from "@mantine/core";

import type { ChangesAnswer } from "parley-client";

import { timeOfDay } from "../../core/format.ts";
import { marked } from "../../core/visible.ts";
import { t } from "../../texts.ts";
import type { Which } from "./useChanges.ts";

interface Props {
  which: Which;
  onWhich(which: Which): void;
  answer: ChangesAnswer | null;
  /** Returns the beginning of the prompt of a turn; empty if it is not loaded. */
  promptOf(approval: string): string;
  split: boolean;
  onSplit(split: boolean): void;
  loading: boolean;
  stale: boolean;
  onReload(): void;
}

/** What is compared, and how it is shown. */
export function Toolbar({ which, onWhich, answer, promptOf, ...props }: Props) {
  const turns = [...(answer?.turns ?? [])].reverse();
  const choose = (scope: Which["scope"]) =>
    onWhich({ scope, turn: scope === "turn" ? (turns[0]?.approvalId ?? "") : "" });
  return (
    <div className="review-bar">
      <SegmentedControl
        size="xs"
        aria-label={t.review.scope}
        value={which.scope}
        onChange={(v) => choose(v as Which["scope"])}
        data={[
          { value: "all", label: t.review.all },
          { value: "uncommitted", label: t.review.uncommitted },
          { value: "turn", label: t.review.turn, disabled: turns.length === 0 },
        ]}
      />
      {which.scope === "turn" && (
        <NativeSelect
          size="xs"
          className="review-turn"
          aria-label={t.review.whichTurn}
          value={which.turn}
          onChange={(e) => onWhich({ scope: "turn", turn: e.currentTarget.value })}
          data={turns.map((turn) => ({
            value: turn.approvalId,
            label: t.review.turnAt(
              timeOfDay(Date.parse(turn.endedAt)),
              marked(promptOf(turn.approvalId)),
            ),
          }))}
        />
      )}
      <SegmentedControl
        size="xs"
        className="review-columns"
        aria-label={t.review.layout}
        value={props.split ? "split" : "unified"}
        onChange={(v) => props.onSplit(v === "split")}
        data={[
          { value: "unified", label: t.review.unified },
          { value: "split", label: t.review.split },
        ]}
      />
      <Button
        size="xs"
        variant={props.stale ? "light" : "default"}
        loading={props.loading}
        onClick={props.onReload}
      >
        {props.stale ? t.review.newer : t.review.reload}
      </Button>
    </div>
  );
}
