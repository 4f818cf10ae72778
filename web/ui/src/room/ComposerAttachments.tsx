import { ActionIcon } from "@mantine/core";
import { useSyncExternalStore } from "react";

import { formatSize, type Agent, type Content } from "parley-client";

import type { Attaching } from "../core/attaching.ts";
import type { Target } from "../core/composed.ts";
import { fitting, kindOf } from "../core/support.ts";
import { marked } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import { LocalPicture } from "./items/Attached.tsx";
import "./ComposerAttachments.css";

interface Props {
  to: Target;
  agent: Agent;
}

/** The files that go with the text in the composer, each with its progress. */
export function ComposerAttachments({ to, agent }: Props) {
  const { attachments } = useTools().writing;
  const all = useSyncExternalStore(attachments.subscribe, attachments.snapshot);
  const ready = all.filter((a) => a.state === "ready").length;
  return (
    <>
      <p className="hidden-visually" role="status">
        {ready > 0 && t.attach.uploaded(ready)}
      </p>
      {all.length > 0 && (
        <ul className="attaching" aria-label={t.attach.list}>
          {all.map((a) => (
            <One key={a.key} attaching={a} asFile={to === "prompt" && isFile(a.content, agent)} />
          ))}
        </ul>
      )}
    </>
  );
}

function isFile(content: Content | undefined, agent: Agent): boolean {
  return content !== undefined && fitting(content, agent).asFile === true;
}

function One({ attaching: a, asFile }: { attaching: Attaching; asFile: boolean }) {
  const { attachments } = useTools().writing;
  const label = a.state === "ready" || a.state === "failed" ? t.attach.remove : t.attach.cancel;
  return (
    <li className={`attaching-one attaching-${a.state}`}>
      <Picture attaching={a} />
      <span className="attaching-text">
        <bdi className="cut">{marked(a.name)}</bdi>
        <Facts attaching={a} asFile={asFile} />
      </span>
      {a.again && (
        <TextButton onClick={() => attachments.retry(a.key)}>{t.attach.retry}</TextButton>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={label(a.name)}
        onClick={() => attachments.remove(a.key)}
      >
        <Icon name="cross" size={14} />
      </ActionIcon>
    </li>
  );
}

function Picture({ attaching: a }: { attaching: Attaching }) {
  if (a.content && kindOf(a.content) === "image")
    return <LocalPicture content={a.content} file={a.file} />;
  return <Icon name="file" size={18} />;
}

function Facts({ attaching: a, asFile }: { attaching: Attaching; asFile: boolean }) {
  switch (a.state) {
    case "failed":
      return (
        <span className="bad" role="alert">
          {a.error}
        </span>
      );
    case "uploading":
      return <progress max={a.size || 1} value={a.sent} aria-label={t.attach.progress(a.name)} />;
    case "waiting":
      return <span className="soft">{t.attach.waiting}</span>;
    case "ready":
      return (
        <span className="soft">
          {formatSize(a.size)}
          {asFile && `, ${t.attach.asFile}`}
        </span>
      );
  }
}
