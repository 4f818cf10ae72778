/** Decodes content blocks: the parts of messages, results and summaries. */

import { isObject, list, number, text, type Json } from "./json.js";

/** A part of an agent's message, or of the result of a tool call. */
export type Block =
  // from is the number of characters before the text that were dropped.
  | { type: "text"; text: string; from?: number }
  /** data is base64, of a type that browsers show. */
  | { type: "image"; mimeType: string; data: string }
  /** data is base64, of a type that browsers play. */
  | { type: "audio"; mimeType: string; data: string }
  | {
      type: "link";
      uri: string;
      title: string;
      description: string;
      mimeType: string;
      /** In bytes; null if unknown. */
      size: number | null;
    }
  | { type: "resource"; uri: string; text: string }
  /**
   * Data that is not shown, of about that many bytes. data is base64; empty if it is
   * malformed or too long to be kept.
   */
  | {
      type: "binary";
      of: "image" | "audio" | "resource";
      mimeType: string;
      uri: string;
      size: number;
      data: string;
    }
  | { type: "unknown"; raw: unknown };

/** Reads a list of blocks; anything else is an empty list. */
export function readBlocks(v: unknown): Block[] {
  return list(v).map(readBlock);
}

/** Reads a block. One that it does not understand is kept as it is. */
export function readBlock(v: unknown): Block {
  if (!isObject(v)) return { type: "unknown", raw: v };
  switch (v.type) {
    case "text":
      if (typeof v.text === "string") return { type: "text", text: v.text };
      break;
    case "image":
    case "audio":
      if (typeof v.data === "string")
        return readMedia(v.type, v.data, text(v.mimeType) ?? "", text(v.uri) ?? "");
      break;
    case "resource_link":
      if (typeof v.uri === "string") return readLink(v.uri, v);
      break;
    case "resource":
      if (isObject(v.resource)) return readResource(v.resource) ?? { type: "unknown", raw: v };
  }
  return { type: "unknown", raw: v };
}

function readLink(uri: string, v: Json): Block {
  return {
    type: "link",
    uri,
    title: text(v.title) ?? text(v.name) ?? uri,
    description: text(v.description) ?? "",
    mimeType: text(v.mimeType) ?? "",
    size: number(v.size) ?? null,
  };
}

function readResource(r: Json): Block | null {
  const uri = text(r.uri) ?? "";
  if (typeof r.text === "string") return { type: "resource", uri, text: r.text };
  if (typeof r.blob !== "string") return null;
  const mimeType = text(r.mimeType) ?? "";
  return binary("resource", mimeType, uri, r.blob);
}

// The longest data that is kept, in characters. An event of a server is 4 MiB unless
// it is set otherwise.
const maxData = 8_000_000;

// SVG is left out, since it can contain links and scripts.
const shown = {
  image: /^image\/(png|jpeg|gif|webp|avif)$/,
  audio: /^audio\/(mpeg|mp4|aac|ogg|opus|webm|wav|wave|x-wav|flac|x-flac)$/,
};

function readMedia(of: "image" | "audio", data: string, mimeType: string, uri: string): Block {
  if (shown[of].test(mimeType) && isKept(data)) return { type: of, mimeType, data };
  return binary(of, mimeType, uri, data);
}

function binary(
  of: "image" | "audio" | "resource",
  mimeType: string,
  uri: string,
  data: string,
): Block {
  const kept = isKept(data) ? data : "";
  return { type: "binary", of, mimeType, uri, size: sizeOfBase64(data), data: kept };
}

/** Reports whether data can stand in an address as it is, and is not too long. */
function isKept(data: string): boolean {
  return data.length <= maxData && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
}

function sizeOfBase64(data: string): number {
  return Math.floor((data.replace(/=+$/, "").length * 3) / 4);
}
