import { Checkbox } from "@mantine/core";
import { useState } from "react";

import type { ChangedFile, ReviewMark } from "parley-client";

import { nameOf } from "../../core/name.ts";
import { marked } from "../../core/visible.ts";
import { Icon } from "../../parts/Icon.tsx";
import { TextButton } from "../../parts/TextButton.tsx";
import { t } from "../../texts.ts";
import { PatchTable } from "./PatchTable.tsx";

interface Props {
  file: ChangedFile;
  mark: ReviewMark | undefined;
  active: boolean;
  split: boolean;
  /** Whether the user may change the mark. */
  mayMark: boolean;
  onMark(reviewed: boolean): void;
  onWhole(): Promise<void>;
}

/** One file: what has changed in it, and who has reviewed that. A reviewed file is folded. */
export function FileSection({ file, mark, active, split, ...props }: Props) {
  const [open, setOpen] = useState<boolean | null>(null);
  const shown = open ?? !mark;
  const path = marked(file.path);
  return (
    <section
      className={`review-file${active ? " review-active" : ""}`}
      aria-label={path}
      data-path={file.path}
    >
      <header>
        <button
          type="button"
          className="review-fold"
          aria-expanded={shown}
          onClick={() => setOpen(!shown)}
        >
          <Icon name={shown ? "down" : "right"} size={14} />
          <span className="review-path mono">{path}</span>
        </button>
        <Details file={file} />
        <Mark {...props} mark={mark} whole={isWhole(file)} path={path} />
      </header>
      {shown && <Body file={file} split={split} onWhole={props.onWhole} />}
    </section>
  );
}

/** Reports whether everything that has changed can be seen. */
export function isWhole(file: ChangedFile): boolean {
  return file.leftOut === undefined;
}

function Details({ file }: { file: ChangedFile }) {
  return (
    <span className="review-details">
      <span className="tag">{t.review.status[file.status] ?? marked(file.status)}</span>
      {file.kind === "symlink" && <span>{t.review.symlink}</span>}
      {file.kind === "submodule" && <span>{t.review.submodule}</span>}
      {file.oldPath && <span>{t.review.was(marked(file.oldPath))}</span>}
      {file.mode && <span>{t.review.mode(marked(file.mode))}</span>}
      <span className="counts">
        <span className="plus">+{file.additions}</span>{" "}
        <span className="minus">−{file.deletions}</span>
      </span>
    </span>
  );
}

interface MarkProps extends Pick<Props, "mark" | "mayMark" | "onMark"> {
  whole: boolean;
  path: string;
}

function Mark({ mark, mayMark, onMark, whole, path }: MarkProps) {
  const label = mark ? t.review.reviewedBy(nameOf(mark.participant)) : t.review.reviewed;
  return (
    <Checkbox
      size="xs"
      className="review-mark"
      checked={mark !== undefined}
      disabled={!mayMark || (!mark && !whole)}
      label={label}
      aria-label={`${label}: ${path}`}
      title={whole || mark ? undefined : t.review.markFirst}
      onChange={(e) => onMark(e.currentTarget.checked)}
    />
  );
}

function Body({ file, split, onWhole }: Pick<Props, "file" | "split" | "onWhole">) {
  const [asked, setAsked] = useState(false);
  return (
    <div className="review-body" dir="ltr">
      {file.patch ? (
        <PatchTable patch={file.patch} path={file.path} split={split} />
      ) : (
        isWhole(file) && (
          <p className="diff-note">{file.binary ? t.review.binary : t.review.empty}</p>
        )
      )}
      {!isWhole(file) && (
        <p className="diff-note">
          {t.review.leftOut(file.leftOut ?? 0)}.{" "}
          {asked ? (
            t.review.tooLarge
          ) : (
            <TextButton onClick={() => void onWhole().then(() => setAsked(true))}>
              {t.review.showWhole}
            </TextButton>
          )}
        </p>
      )}
    </div>
  );
}
