import { useEffect, useState } from "react";

import { formatSize, type Content } from "parley-client";

import { decided, WholeText } from "../../content/WholeText.tsx";
import { kindOf } from "../../core/support.ts";
import { marked } from "../../core/visible.ts";
import { Fold } from "../../parts/Fold.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Part } from "../../parts/kept.tsx";
import { saveBlob } from "../../parts/save.ts";
import { TextButton } from "../../parts/TextButton.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { PictureDialog } from "../onDemand.ts";
import "./Attached.css";

/** What belongs to a prompt or message beside its text. */
export function Attached({ content }: { content: readonly Content[] | undefined }) {
  if (!content || content.length === 0) return null;
  return (
    <ul className="attachments" aria-label={t.attach.list}>
      {content.map((c, i) => (
        <li key={i}>
          <Part name={`attached ${i}`}>
            <One content={c} />
          </Part>
        </li>
      ))}
    </ul>
  );
}

function One({ content: c }: { content: Content }) {
  if (c.type === "resource") return <Text content={c} />;
  if (c.type !== "attachment") return <Link content={c} />;
  switch (kindOf(c)) {
    case "image":
      return <Picture content={c} />;
    case "audio":
      return <Sound content={c} />;
    case "file":
      return isText(c) ? <TextFile content={c} /> : <Facts content={c} />;
  }
}

/** The name and all that is known of a file, with a button that saves it. */
function Facts({ content: c }: { content: Content }) {
  const tools = useTools();
  const { name, width, height } = c;
  const facts = [
    c.mimeType ?? "",
    width && height ? t.attach.pixels(width, height) : "",
    formatSize(c.size ?? 0),
    c.asFile ? t.attach.asFile : "",
  ].filter(Boolean);
  const save = async () => saveBlob(await tools.client.download(c.id ?? ""), name);
  return (
    <div className="file-facts">
      <Icon name="file" size={14} />
      <span>
        <bdi>{marked(name)}</bdi> <span className="soft">{facts.join(", ")}</span>
      </span>
      <TextButton aria-label={t.attach.download(name)} onClick={() => void tools.run(save())}>
        {t.attach.save}
      </TextButton>
    </div>
  );
}

function Link({ content: c }: { content: Content }) {
  return (
    <div className="file-facts">
      <Icon name="link" size={14} />
      <span className="mono">
        <bdi>{marked(`${c.path ?? ""}${c.uri ?? ""}`)}</bdi>
      </span>
    </div>
  );
}

function Text({ content: c }: { content: Content }) {
  return (
    <Fold name="text" open summary={<bdi>{marked(`${c.path ?? ""}${c.uri ?? ""}`)}</bdi>}>
      <WholeText text={c.text ?? ""} label={t.attach.text} mono {...decided} />
    </Fold>
  );
}

const longestText = 256 * 1024;

function isText({ mimeType = "", size = 0 }: Content): boolean {
  const text = /^text\/|^application\/(json|xml|yaml|toml|javascript|sql|x-sh)$|\+(json|xml)$/;
  return text.test(mimeType) && size <= longestText;
}

/** A text file, which is loaded when it is opened. */
function TextFile({ content: c }: { content: Content }) {
  return (
    <>
      <Facts content={c} />
      <Fold name="content" summary={t.attach.show}>
        <Loaded content={c} />
      </Fold>
    </>
  );
}

function Loaded({ content: c }: { content: Content }) {
  const blob = useFile(c);
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    if (blob instanceof Blob) void blob.text().then(setText);
  }, [blob]);
  if (text !== null) return <WholeText text={text} label={c.name} mono {...decided} />;
  return <p className="soft">{blob === null ? t.attach.loading : t.attach.notLoaded}</p>;
}

function Sound({ content: c }: { content: Content }) {
  const url = useURL(useFile(c));
  return (
    <>
      {url && <audio className="sound" controls preload="metadata" aria-label={c.name} src={url} />}
      <Facts content={c} />
    </>
  );
}

/** More pixels than a browser should decode without being asked. */
const maxPixels = 50_000_000;

/** An image, whole but small. A click shows it in its own size. */
function Picture({ content: c }: { content: Content }) {
  const pixels = (c.width ?? 0) * (c.height ?? 0);
  const [asked, setAsked] = useState(false);
  return (
    <>
      {isPicture(c) || asked ? (
        <Thumbnail content={c} />
      ) : (
        <p>
          {pixels > maxPixels && <span className="soft">{t.attach.large} </span>}
          <TextButton onClick={() => setAsked(true)}>{t.attach.load}</TextButton>
        </p>
      )}
      <Facts content={c} />
    </>
  );
}

/** Whether an image is loaded without being asked for. */
function isPicture(c: Content): boolean {
  const pixels = (c.width ?? 0) * (c.height ?? 0);
  return kindOf(c) === "image" && pixels > 0 && pixels <= maxPixels;
}

/** Reports whether the images among the content are loaded, or could not be. */
export function useLoaded(content: readonly Content[] | undefined): boolean {
  const { files } = useTools();
  const ids = (content ?? [])
    .filter(isPicture)
    .map((c) => c.id ?? "")
    .join(" ");
  const [loaded, setLoaded] = useState("");
  useEffect(() => {
    let gone = false;
    const all = ids.split(" ").filter(Boolean);
    void Promise.allSettled(all.map((id) => files.get(id))).then(() => gone || setLoaded(ids));
    return () => void (gone = true);
  }, [files, ids]);
  return loaded === ids;
}

function Thumbnail({ content: c }: { content: Content }) {
  const file = useFile(c);
  const url = useURL(file);
  const [open, setOpen] = useState(false);
  if (file === "failed") return <p className="soft">{t.attach.notLoaded}</p>;
  const { name, width, height } = c;
  const box = width && height ? { aspectRatio: `${width} / ${height}`, maxWidth: width } : {};
  return (
    <>
      <button
        type="button"
        className="thumbnail"
        style={box}
        aria-label={t.attach.whole(name)}
        disabled={url === null}
        onClick={() => setOpen(true)}
      >
        {url && <img alt={t.attach.image(name)} src={url} />}
      </button>
      {open && url && <PictureDialog name={name} url={url} onClose={() => setOpen(false)} />}
    </>
  );
}

/** A small image of a file in the composer: the chosen one, or after a reload the stored one. */
export function LocalPicture({ content, file }: { content: Content; file: File | undefined }) {
  const stored = useFile(file ? null : content);
  const url = useURL(file ?? stored);
  return url ? <img alt="" src={url} /> : <Icon name="image" size={18} />;
}

type Loading = Blob | "failed" | null;

/** Returns the content of an attachment when it is loaded; null until then. */
function useFile(content: Content | null): Loading {
  const { files } = useTools();
  const [file, setFile] = useState<Loading>(null);
  const id = content?.id;
  useEffect(() => {
    let gone = false;
    if (id === undefined) return;
    files.get(id).then(
      (blob) => void (gone || setFile(blob)),
      () => void (gone || setFile("failed")),
    );
    return () => void (gone = true);
  }, [files, id]);
  return file;
}

/**
 * Returns a URL of a content, which is freed with the component. The server gives a type
 * only to images and audio, and others are never shown by their URL.
 */
function useURL(blob: Loading): string | null {
  const [url, setURL] = useState<string | null>(null);
  useEffect(() => {
    if (!(blob instanceof Blob)) return;
    const made = URL.createObjectURL(blob);
    setURL(made);
    // The browser may still be loading it for an image that has just gone.
    return () => void setTimeout(() => URL.revokeObjectURL(made), 10_000);
  }, [blob]);
  return url;
}
