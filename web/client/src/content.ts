import type { Content } from "./protocol.gen.js";

/**
 * Returns the line that names a part of a prompt or message in its text. The server adds
 * it for clients that do not show the content itself. number counts from 1.
 */
export function contentLabel(c: Content, number: number): string {
  const address = `${c.path ?? ""}${c.uri ?? ""}`;
  switch (c.type) {
    case "attachment": {
      const type = c.mimeType ? `, ${c.mimeType}` : "";
      return `[Attachment ${number}: ${c.name}${type}, ${formatSize(c.size ?? 0)}]`;
    }
    case "resource":
      return `[Text ${number}: ${address}, ${formatSize(utf8Length(c.text ?? ""))}]`;
    default:
      return `[Link ${number}: ${address}]`;
  }
}

/**
 * Returns a text with a line for each part of the content that it does not name, as the
 * server stores it.
 */
export function nameContent(text: string, content: readonly Content[] = []): string {
  const lines = content.flatMap((c, i) => {
    const label = contentLabel(c, i + 1);
    return text.includes(label) || isLinkIn(text, c) ? [] : [label];
  });
  return lines.length === 0 ? text : `${text}\n\n${lines.join("\n")}`.trim();
}

/**
 * Reports whether a text names the link: by its URI, or by its path as in @PATH or @"PATH",
 * between white space.
 */
function isLinkIn(text: string, { type, path = "", uri }: Content): boolean {
  if (type !== "resource_link") return false;
  const words = ` ${text.replace(/[\n\r\t]/g, " ")} `;
  if (uri) return words.includes(` ${uri} `);
  return words.includes(` @"${path}" `) || (!path.includes(" ") && words.includes(` @${path} `));
}

/**
 * Returns a text without the lines at its end that name the content, for clients that show
 * the content itself.
 */
export function withoutLabels(text: string, content: readonly Content[] = []): string {
  let rest = text;
  for (let i = content.length - 1; i >= 0; i--) {
    const label = contentLabel(content[i]!, i + 1);
    if (rest === label) return "";
    if (rest.endsWith(`\n${label}`)) rest = rest.slice(0, -label.length).trimEnd();
  }
  return rest;
}

const units = [
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
] as const;

/** Returns a number of bytes for people, as in "34.1 KiB". */
export function formatSize(bytes: number): string {
  for (const [size, unit] of units) {
    if (bytes < size) continue;
    const tenths = Math.floor((bytes * 10) / size);
    return `${Math.floor(tenths / 10)}.${tenths % 10} ${unit}`;
  }
  return bytes === 1 ? "1 byte" : `${bytes} bytes`;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
