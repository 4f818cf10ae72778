const longestName = 60;

/**
 * Returns a file name for a text with that label. It ends in .txt, whatever the label
 * contains.
 */
export function fileNameOf(label: string): string {
  const words = label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  const name = [...words]
    .slice(0, longestName)
    .join("")
    .replace(/^-+|-+$/g, "");
  return `${name || "text"}.txt`;
}

/** Has the browser save a text as a file, byte for byte as it was written. */
export function saveText(text: string, name: string): void {
  saveBlob(new Blob([text], { type: "text/plain;charset=utf-8" }), name);
}

/** Has the browser save a content as a file. It never shows it, whatever its type. */
export function saveBlob(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the content after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Has the browser save base64 as a file. Its name ends in .bin, so that nothing opens it
 * by its name.
 */
export function saveData(data: string, label: string): void {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const name = fileNameOf(label).replace(/txt$/, "bin");
  saveBlob(new Blob([bytes], { type: "application/octet-stream" }), name);
}
