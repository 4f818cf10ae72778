/** What an agent says about files, as text. */

import type { FileChange, Place } from "parley-client/view";

import { t } from "../texts.ts";

/** Returns a path, and the line if there is one. */
export function placeText({ path, line }: Place): string {
  return line === null ? path : `${path}:${line}`;
}

/** Returns what is done to a file. */
export function changeText({ operation, path, oldPath }: FileChange): string {
  const what = t.tool.operations[operation] ?? operation;
  return oldPath === null ? `${what}: ${path}` : `${what}: ${oldPath} → ${path}`;
}

/** Returns a path as it is seen from a directory, or the path itself if it is not below. */
export function below(directory: string | undefined, path: string): string {
  const base = directory?.replace(/[\\/]+$/, "");
  const inside = base && path.startsWith(base) && /^[\\/]./.test(path.slice(base.length));
  return inside ? path.slice(base.length + 1) : path;
}
