import { ActionIcon } from "@mantine/core";

import type { Message } from "parley-client";

import { nameOf } from "../core/name.ts";
import { marked } from "../core/visible.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import "./ReplyLine.css";

/** The message that the user replies to. */
export function ReplyLine({ message, onDrop }: { message: Message; onDrop(): void }) {
  const tools = useTools();
  const author = tools.person(message.participantId);
  return (
    <p className="reply-line">
      <Icon name="reply" size={14} />
      <span className="cut">
        {t.composer.replyTo(author ? nameOf(author) : t.someone)}:{" "}
        <bdi>{marked(message.text.slice(0, 140))}</bdi>
      </span>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={t.composer.dropReply}
        onClick={onDrop}
      >
        <Icon name="cross" size={14} />
      </ActionIcon>
    </p>
  );
}
