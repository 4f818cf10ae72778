import type { ChangedFile, ReviewMark } from "parley-client";

import { markOf, type Folder } from "../../core/tree.ts";
import { marked } from "../../core/visible.ts";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";

interface Props {
  folder: Folder;
  marks: readonly ReviewMark[];
  active: string | null;
  onShow(file: ChangedFile): void;
}

/** The changed files, as a tree of links to their sections. */
export function FileTree(props: Props) {
  return (
    <nav className="review-tree" aria-label={t.review.files}>
      <Level {...props} />
    </nav>
  );
}

function Level({ folder, ...props }: Props) {
  return (
    <ul>
      {folder.folders.map((f) => (
        <li key={f.path}>
          <span className="review-folder mono">{marked(f.name)}/</span>
          <Level folder={f} {...props} />
        </li>
      ))}
      {folder.files.map((f) => (
        <li key={f.path}>
          <Leaf file={f} {...props} />
        </li>
      ))}
    </ul>
  );
}

function Leaf({ file, marks, active, onShow }: Omit<Props, "folder"> & { file: ChangedFile }) {
  const reviewed = markOf(marks, file) !== undefined;
  return (
    <button
      type="button"
      className={`review-leaf review-${file.status}`}
      aria-current={file.path === active}
      onClick={() => onShow(file)}
    >
      <span className="cut mono">{marked(file.path.split("/").at(-1) ?? "")}</span>
      {reviewed && (
        <>
          <Icon name="check" size={13} />
          <span className="hidden-visually">{t.review.reviewed}</span>
        </>
      )}
    </button>
  );
}
