import type { Core } from "./core.js";
import { connectionLost, ParleyError } from "./errors.js";
import { errorOf } from "./http.js";
import { authorization, endpoint } from "./link.js";
import type { AttachmentAnswer, Content } from "./protocol.gen.js";

/** Options of an upload. */
export interface UploadOptions {
  /** The name that others see. By default the name of a File, else "file". */
  name?: string;
  /** Called with the number of bytes that were sent, in browsers. */
  onProgress?: (sent: number) => void;
  /** Ends the upload when it is aborted. The promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Uploads a file, by a request of its own that is not repeated. */
export async function upload(
  core: Core,
  file: Blob,
  { name = (file as Partial<File>).name ?? "file", onProgress, signal }: UploadOptions,
): Promise<Content> {
  const { link, own, settings } = core;
  if (!own) throw new ParleyError("UNAUTHORIZED", "the client has not been welcomed yet");
  signal?.throwIfAborted();
  const url = `${endpoint(link, "attachments")}?${new URLSearchParams({ name })}`;
  const headers = {
    ...settings.headers(),
    ...authorization(own),
    "Content-Type": file.type || "application/octet-stream",
  };
  const { response, body } = onProgress
    ? await sendWithProgress(url, headers, file, onProgress, signal)
    : await send(settings.fetch, url, headers, file, signal);
  if (!response.ok) throw errorOf(response, body);
  return (JSON.parse(body) as AttachmentAnswer).attachment;
}

/** Reads the content of an attachment, by a request of its own. */
export async function download(core: Core, id: string, signal?: AbortSignal): Promise<Blob> {
  const { link, own, settings } = core;
  if (!own) throw new ParleyError("UNAUTHORIZED", "the client has not been welcomed yet");
  const response = await settings.fetch(endpoint(link, `attachments/${encodeURIComponent(id)}`), {
    headers: authorization(own),
    credentials: "omit",
    ...(signal && { signal }),
  });
  if (!response.ok) throw errorOf(response, await response.text());
  return response.blob();
}

interface Answered {
  response: Response;
  body: string;
}

async function send(
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Record<string, string>,
  file: Blob,
  signal?: AbortSignal,
): Promise<Answered> {
  const response = await fetch(url, {
    method: "POST",
    headers,
    body: file,
    cache: "no-store",
    credentials: "omit",
    ...(signal && { signal }),
  });
  return { response, body: await response.text() };
}

/** fetch does not tell the progress of a request. */
function sendWithProgress(
  url: string,
  headers: Record<string, string>,
  file: Blob,
  onProgress: (sent: number) => void,
  signal?: AbortSignal,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal?.addEventListener("abort", abort);
    request.onloadend = () => signal?.removeEventListener("abort", abort);
    request.upload.onprogress = (e) => onProgress(e.loaded);
    request.onload = () => {
      const { status, responseText: body } = request;
      resolve({ response: new Response(null, { status }), body });
    };
    request.onerror = () => reject(connectionLost("the file could not be sent"));
    request.onabort = () => reject(signal?.reason);
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}
