import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";

import { prefer, preference } from "../../core/memory.ts";
import type { Room } from "../../core/room.ts";
import { marked } from "../../core/visible.ts";
import { t } from "../../texts.ts";
import { Files } from "./Files.tsx";
import { Toolbar } from "./Toolbar.tsx";
import { useChanges, type Which } from "./useChanges.ts";
import "../../content/LazyDiff.css";
import "./Review.css";

interface Props {
  room: Room;
  singleKeys: boolean;
  onClose(): void;
}

/** The changes of the agent's working directory, to be looked through file by file. */
export default function Review({ room, singleKeys, onClose }: Props) {
  const [which, setWhich] = useState<Which>({ scope: "all", turn: "" });
  const [chosen, setSplit] = useSplit();
  const wide = useMediaQuery("(min-width: 721px)") ?? true;
  const split = chosen && wide;
  const changes = useChanges(which);
  const { answer } = changes;
  const promptOf = (id: string) => promptIn(room, id);
  return (
    <Modal
      opened
      fullScreen
      title={t.review.title}
      onClose={onClose}
      classNames={{ content: "review", body: "review-all" }}
    >
      <Toolbar
        {...{ which, answer, promptOf, split }}
        onWhich={setWhich}
        onSplit={setSplit}
        loading={changes.loading}
        stale={changes.stale}
        onReload={changes.reload}
      />
      {changes.error && <p className="review-note">{changes.error}</p>}
      {!answer && changes.loading && (
        <p className="review-note" role="status">
          {t.review.loading}…
        </p>
      )}
      {answer?.reason && <p className="review-note">{marked(answer.reason)}</p>}
      {answer && !answer.reason && (
        <Files
          key={`${changes.which?.scope} ${changes.which?.turn}`}
          {...{ room, answer, split, singleKeys }}
          onSplit={setSplit}
          onWhole={changes.readWhole}
        />
      )}
    </Modal>
  );
}

function promptIn(room: Room, approval: string): string {
  for (const e of room.events) {
    if (e.type !== "prompt_approved") continue;
    const { approval: a } = e.payload as { approval: { id: string; prompt: string } };
    if (a.id === approval) return a.prompt.slice(0, 60);
  }
  return "";
}

/** Returns whether diffs have two columns, and a function that remembers another choice. */
function useSplit(): [split: boolean, choose: (split: boolean) => void] {
  const [split, setSplit] = useState(() => preference("columns") === "split");
  const choose = (next: boolean) => {
    setSplit(next);
    prefer("columns", next ? "split" : "unified");
  };
  return [split, choose];
}
