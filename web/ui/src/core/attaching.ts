/**
 * What the user attaches to the text in the composer: files that are being uploaded, and
 * those that are ready to be sent. The latter survive a reload.
 */

import type { Content, ContentBlock } from "parley-client";
import { isObject } from "parley-client/view";

import { randomHex } from "./random.ts";
import type { KeptText } from "./tabStorage.ts";

export interface Attaching {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly state: "waiting" | "uploading" | "ready" | "failed";
  /** How many bytes were sent. */
  readonly sent: number;
  /** Why it failed. */
  readonly error?: string;
  /** Whether it may succeed when it is tried again. */
  readonly again?: boolean;
  /** The file; missing after a reload. */
  readonly file?: File;
  /** What the server has stored. */
  readonly content?: Content;
}

export interface Uploads {
  upload(file: File, onProgress: (sent: number) => void, signal: AbortSignal): Promise<Content>;
  /** Returns why an upload failed. */
  why(error: unknown): string;
  /** Returns why a file cannot be uploaded, and is not tried; null if it can. */
  refuses(file: File): string | null;
}

/** How many files are uploaded at a time. The server receives 4 of one participant. */
const maxUploads = 3;

export class Attachments {
  private all: readonly Attaching[];
  private readonly running = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly kept: KeptText,
    private readonly uploads: Uploads,
    private readonly maxFiles: number,
  ) {
    this.all = decode(kept.read())
      .slice(0, maxFiles)
      .map((content) => ready(content));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): readonly Attaching[] => this.all;

  /** Uploads files. Returns how many of them are too many. */
  add(files: readonly File[]): number {
    const room = Math.max(0, this.maxFiles - this.all.length);
    const added = files.slice(0, room).map((file): Attaching => {
      const error = this.uploads.refuses(file);
      const a = { key: randomHex(8), name: file.name || "file", size: file.size, sent: 0, file };
      return error === null ? { ...a, state: "waiting" } : { ...a, state: "failed", error };
    });
    this.set([...this.all, ...added]);
    this.next();
    return files.length - added.length;
  }

  /** Attaches the files again that were sent and refused. Links are in the text. */
  putBack(content: readonly Content[]): void {
    const known = new Set(this.all.map((a) => a.content?.id));
    const files = content.filter((c) => c.type === "attachment" && !known.has(c.id));
    const back = files.map(ready);
    this.set([...this.all, ...back].slice(0, this.maxFiles));
  }

  /** Removes a file, and ends its upload. */
  remove(key: string): void {
    this.running.get(key)?.abort();
    this.running.delete(key);
    this.set(this.all.filter((a) => a.key !== key));
    this.next();
  }

  /** Uploads a file again that has failed. */
  retry(key: string): void {
    this.change(key, { state: "waiting", sent: 0 });
    this.next();
  }

  /** Whether everything is ready to be sent. */
  get settled(): boolean {
    return this.all.every((a) => a.state === "ready");
  }

  /** Returns what is ready, and removes it. */
  take(): readonly Content[] {
    const content = this.all.flatMap((a) => a.content ?? []);
    this.set(this.all.filter((a) => !a.content));
    return content;
  }

  private next(): void {
    for (const a of this.all) {
      if (this.running.size >= maxUploads) return;
      if (a.state === "waiting" && a.file) this.upload(a.key, a.file);
    }
  }

  private upload(key: string, file: File): void {
    const abort = new AbortController();
    this.running.set(key, abort);
    this.change(key, { state: "uploading" });
    const settle = (change: Partial<Attaching>) => {
      if (this.running.get(key) !== abort) return; // it was removed
      this.running.delete(key);
      this.change(key, change);
      this.next();
    };
    this.uploads
      .upload(file, (sent) => this.change(key, { sent }), abort.signal)
      .then(
        (content) => settle({ state: "ready", content }),
        (error: unknown) =>
          settle({ state: "failed", error: this.uploads.why(error), again: true }),
      );
  }

  private change(key: string, change: Partial<Attaching>): void {
    this.set(this.all.map((a) => (a.key === key ? { ...a, ...change } : a)));
  }

  private set(all: readonly Attaching[]): void {
    this.all = all;
    const content = all.flatMap((a) => a.content ?? []);
    this.kept.write(content.length > 0 ? JSON.stringify(content) : null);
    for (const l of this.listeners) l();
  }
}

function ready(content: Content): Attaching {
  const { name, size = 0 } = content;
  return { key: randomHex(8), name, size, state: "ready", sent: size, content };
}

/** Returns the block that names an attachment in a command. */
export function blockOf(c: Content): ContentBlock {
  const { type, id, asFile, path, uri, name, mimeType, text } = c;
  if (type === "attachment") return { type, ...(id && { id }), ...(asFile && { asFile }) };
  return {
    type,
    name,
    ...(path && { path }),
    ...(uri && { uri }),
    ...(mimeType && { mimeType }),
    ...(text && { text }),
  };
}

function decode(text: string | null): readonly Content[] {
  try {
    return decodeContent(JSON.parse(text ?? "[]"));
  } catch {
    return [];
  }
}

/** Returns the content that a list has. */
export function decodeContent(v: unknown): readonly Content[] {
  return Array.isArray(v) ? v.filter(isContent) : [];
}

function isContent(v: unknown): v is Content {
  return isObject(v) && typeof v.type === "string" && typeof v.name === "string";
}
