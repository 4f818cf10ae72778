import { withoutLabels, type Message } from "parley-client";
import type { ChatRow } from "parley-client/view";

import { nameOf } from "../../core/name.ts";
import { marked } from "../../core/visible.ts";
import { LongText } from "../../content/LongText.tsx";
import { Face } from "../../parts/Face.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Time } from "../../parts/Time.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";
import { Attached } from "./Attached.tsx";
import "./Chat.css";

/**
 * A message of a person, in a bubble that sets it apart from the agent's work. All messages
 * begin at the same edge; the user's own differ in tone.
 */
export function Chat({ row, follows }: { row: ChatRow; follows: boolean }) {
  const tools = useTools();
  const own = row.author.id === tools.meId;
  const name = nameOf(row.author);
  return (
    <article
      className={`chat${own ? " chat-own" : ""}${follows ? " chat-follows" : ""}`}
      aria-label={name}
    >
      <Face person={row.author} />
      <div className="chat-body">
        {!follows && (
          <header>
            <strong dir="auto">{name}</strong>
            {own && <span className="soft">({t.you})</span>}
            <Time at={row.at} />
          </header>
        )}
        <div className="bubble">
          {row.message.replyTo && <Quoted id={row.message.replyTo} />}
          <Said message={row.message} />
        </div>
      </div>
      <button
        type="button"
        className="reply-button"
        aria-label={t.chat.reply(name)}
        onClick={() => tools.reply(row.message)}
      >
        <Icon name="reply" size={15} />
      </button>
    </article>
  );
}

/** The text, without the lines that name the attachments below it. */
function Said({ message: { text, content } }: { message: Message }) {
  const shown = withoutLabels(text, content);
  return (
    <>
      {shown !== "" && <LongText text={shown} />}
      <Attached content={content} />
    </>
  );
}

function Quoted({ id }: { id: string }) {
  const tools = useTools();
  const message = tools.message(id);
  const author = message && tools.person(message.participantId);
  return (
    <p className="quoted">
      <Icon name="reply" size={12} />
      <span className="cut">
        {message ? (
          <>
            <bdi>{author ? nameOf(author) : t.someone}</bdi>:{" "}
            <bdi>{marked(message.text.slice(0, 120))}</bdi>
          </>
        ) : (
          t.chat.unknownMessage
        )}
      </span>
    </p>
  );
}
