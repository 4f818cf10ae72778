import { useEffect, useState, type ClipboardEvent } from "react";

import { toast } from "../parts/toasts.ts";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

/** Returns the function that attaches files to the text in the composer. */
export function useAttach(): (files: FileList | null) => void {
  const { attachments, maxFiles } = useTools().writing;
  return (files) => {
    if (attachments.add([...(files ?? [])]) > 0) toast(t.attach.tooMany(maxFiles), true);
  };
}

/**
 * Returns a handler that attaches pasted files, such as a screenshot. Where text is on the
 * clipboard too, as from a word processor, the text is meant.
 */
export function usePaste(): (e: ClipboardEvent) => void {
  const attach = useAttach();
  return (e) => {
    const { files, types } = e.clipboardData;
    if (files.length === 0 || types.includes("text/plain")) return;
    e.preventDefault();
    attach(files);
  };
}

/**
 * Attaches files that are dropped anywhere on the page, where the browser would otherwise
 * open them in its place. Returns whether files are being dragged over it.
 */
export function useDrop(): boolean {
  const attach = useAttach();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const dragOver = (e: DragEvent) => {
      if (!hasFiles(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent) => {
      if (e.relatedTarget === null) setOver(false);
    };
    const drop = (e: DragEvent) => {
      if (!hasFiles(e)) return;
      e.preventDefault();
      setOver(false);
      attach(e.dataTransfer?.files ?? null);
    };
    window.addEventListener("dragover", dragOver);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", dragOver);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  });
  return over;
}

function hasFiles(e: DragEvent): boolean {
  return e.dataTransfer?.types.includes("Files") ?? false;
}
