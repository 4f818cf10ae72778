import { useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";

import type { ChangedFile, ChangesAnswer } from "parley-client";

import { fullTime } from "../../core/format.ts";
import { rightsOf } from "../../core/rights.ts";
import type { Room } from "../../core/room.ts";
import { inOrder, markOf, treeOf } from "../../core/tree.ts";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { FileSection, isWhole } from "./FileSection.tsx";
import { FileTree } from "./FileTree.tsx";
import { Unread } from "./Unread.tsx";

interface Props {
  room: Room;
  answer: ChangesAnswer;
  split: boolean;
  singleKeys: boolean;
  onSplit(split: boolean): void;
  onWhole(file: ChangedFile): Promise<void>;
}

/** The changed files: a tree of their names, and what has changed in each. */
export function Files(props: Props) {
  const { answer, split, singleKeys } = props;
  const list = useRef<HTMLDivElement>(null);
  const tree = useMemo(() => treeOf(answer.files), [answer.files]);
  const files = inOrder(tree);
  const { active, show } = useActive(list);
  const marks = useMarks(props);
  const onKeyDown = (e: KeyboardEvent) => {
    if (!singleKeys || isModified(e) || isControl(e.target)) return;
    const at = files.findIndex((f) => f.path === active);
    const file = files[at];
    if (e.key === "j") show(files[at + 1]);
    else if (e.key === "k") show(files[Math.max(0, at - 1)]);
    else if (e.key === "s") props.onSplit(!split);
    else if (e.key === "r" && file) marks.toggle(file, e.repeat);
    else return;
    e.preventDefault();
  };
  return (
    <div className="review-main" onKeyDown={onKeyDown}>
      <div className="review-side">
        <Summary answer={answer} />
        <FileTree folder={tree} marks={answer.marks} active={active} onShow={show} />
        <Unread answer={answer} />
        {singleKeys && <p className="review-keys">{t.review.keys}</p>}
      </div>
      <div
        className="review-list"
        ref={list}
        tabIndex={0}
        role="region"
        aria-label={t.review.diffs}
      >
        {files.length === 0 && <p className="review-note">{t.review.none}</p>}
        {files.map((f) => (
          <FileSection
            key={f.path}
            file={f}
            mark={markOf(answer.marks, f)}
            active={f.path === active}
            split={split}
            mayMark={marks.mayMark(f)}
            onMark={(reviewed) => marks.set(f, reviewed)}
            onWhole={() => props.onWhole(f)}
          />
        ))}
      </div>
    </div>
  );
}

/** Returns the file that the user has gone to, and how to go to another one. */
function useActive(list: RefObject<HTMLDivElement | null>) {
  const [active, setActive] = useState<string | null>(null);
  const show = (file: ChangedFile | undefined) => {
    if (!file) return;
    setActive(file.path);
    const sections = [...(list.current?.querySelectorAll<HTMLElement>("[data-path]") ?? [])];
    sections.find((s) => s.dataset.path === file.path)?.scrollIntoView({ block: "start" });
  };
  return { active, show };
}

/** Returns which marks the user may change, and how. */
function useMarks({ room, answer }: Props) {
  const { client, run, meId } = useTools();
  const rights = rightsOf(room.session, room.me, room.readOnly);
  const mayMark = (file: ChangedFile) => {
    const mark = markOf(answer.marks, file);
    return rights.talk && (!mark || rights.host || mark.participant.id === meId);
  };
  const set = (file: ChangedFile, reviewed: boolean) =>
    void run(client.reviewFile(file.path, file.version, reviewed));
  const toggle = (file: ChangedFile, held: boolean) => {
    const mark = markOf(answer.marks, file);
    if (!held && mayMark(file) && (mark || isWhole(file))) set(file, !mark);
  };
  return { mayMark, set, toggle };
}

function Summary({ answer }: { answer: ChangesAnswer }) {
  const { total, additions, deletions, files, marks, since } = answer;
  const done = files.filter((f) => markOf(marks, f)).length;
  return (
    <p className="review-summary">
      {t.review.summary(total)}{" "}
      <span className="counts">
        <span className="plus">+{additions}</span> <span className="minus">−{deletions}</span>
      </span>
      {since && <span> {t.review.since(fullTime(Date.parse(since)))}</span>}
      {files.length > 0 && <span role="status"> {t.review.progress(done, files.length)}</span>}
      {total > files.length && <span> {t.review.moreFiles(total - files.length)}</span>}
    </p>
  );
}

function isModified(e: KeyboardEvent): boolean {
  return e.ctrlKey || e.metaKey || e.altKey || e.shiftKey;
}

function isControl(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("input, select, textarea") !== null;
}
