/** The changed files as a tree of directories. */

import type { ChangedFile, ReviewMark } from "parley-client";

export interface Folder {
  /** The path below the folder that contains it, such as "src/core". */
  name: string;
  path: string;
  folders: Folder[];
  files: ChangedFile[];
}

/** Builds a tree in which folders that contain nothing but a folder are joined with it. */
export function treeOf(files: readonly ChangedFile[]): Folder {
  const root: Folder = { name: "", path: "", folders: [], files: [] };
  for (const file of files) {
    let at = root;
    for (const name of file.path.split("/").slice(0, -1)) {
      const path = at.path === "" ? name : `${at.path}/${name}`;
      let next = at.folders.find((f) => f.path === path);
      if (!next) at.folders.push((next = { name, path, folders: [], files: [] }));
      at = next;
    }
    at.files.push(file);
  }
  return joined(root);
}

function joined(folder: Folder): Folder {
  const folders = folder.folders.map(joined).map((f) => {
    const [only] = f.folders;
    if (f.files.length > 0 || f.folders.length !== 1 || !only) return f;
    return { ...only, name: `${f.name}/${only.name}` };
  });
  return { ...folder, folders };
}

/** Returns the files in the order of the tree. */
export function inOrder(folder: Folder): ChangedFile[] {
  return [...folder.folders.flatMap(inOrder), ...folder.files];
}

/** Returns the mark of a version of a file, if it has one. */
export function markOf(
  marks: readonly ReviewMark[],
  file: Pick<ChangedFile, "path" | "version">,
): ReviewMark | undefined {
  return marks.find((m) => m.path === file.path && m.version === file.version);
}
