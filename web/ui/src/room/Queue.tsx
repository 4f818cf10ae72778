import { ActionIcon } from "@mantine/core";
import { useEffect } from "react";

import type { Approval } from "parley-client";

import { HiddenWarning } from "../content/Visible.tsx";
import { WholeText } from "../content/WholeText.tsx";
import { withoutLabels } from "parley-client";
import { authorById, type Room } from "../core/room.ts";
import type { Rights } from "../core/rights.ts";
import { nameOf } from "../core/name.ts";
import { countHidden, marked } from "../core/visible.ts";
import { Face } from "../parts/Face.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Kept, useKept } from "../parts/kept.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import { EditPrompt, editedAs } from "./EditPrompt.tsx";
import { Attached } from "./items/Attached.tsx";
import "./Queue.css";

interface Props {
  room: Room;
  rights: Rights;
}

/** The prompts that wait for the agent, in the order in which they run. */
export function Queue({ room, rights }: Props) {
  const { kept } = useTools();
  if (room.queue.length === 0 || room.session.status !== "active") return null;
  return (
    <Kept kept={kept} name="queue">
      <Panel room={room} rights={rights} />
    </Kept>
  );
}

function Panel({ room, rights }: Props) {
  const { kept } = useTools();
  const [open, setOpen] = useKept("open", false);
  const { queue } = room;
  return (
    <section className="queue" aria-label={t.queue.title}>
      <button
        type="button"
        className="queue-head"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="list" size={14} />
        {t.queue.count(queue.length)}
        <Icon name={open ? "down" : "right"} size={12} />
      </button>
      {open && (
        <ol className="queue-list">
          {queue.map((q, i) => (
            <Kept key={q.approvalId} kept={kept} name={`queue/${q.approvalId}`}>
              <Entry room={room} rights={rights} index={i} />
            </Kept>
          ))}
        </ol>
      )}
    </section>
  );
}

function Entry({ room, rights, index }: Props & { index: number }) {
  const { approvalId, ahead } = room.queue[index]!;
  const a = room.approved.find((o) => o.id === approvalId);
  const author = a ? authorById(room, a.participantId) : null;
  const name = author ? nameOf(author) : t.someone;
  return (
    <li className="queue-entry" aria-label={t.queue.entry(index + 1, marked(name))}>
      <header>
        <Face person={author} size="sm" />
        <strong dir="auto">{name}</strong>
        <span className="soft">{t.queue.ahead(ahead)}</span>
        {rights.host && <Move room={room} index={index} />}
      </header>
      {a && <Text approval={a} />}
      {a && !room.readOnly && <Actions room={room} rights={rights} approval={a} />}
    </li>
  );
}

function Text({ approval: a }: { approval: Approval }) {
  const { store, client } = useTools();
  useEffect(() => {
    if (a.truncated) store.whole(client, { approvalId: a.id }).catch(() => null); // it has begun
  }, [store, client, a]);
  const shown = withoutLabels(a.prompt, a.content);
  return (
    <>
      {shown !== "" && (
        <div className="prompt-text">
          <WholeText text={a.truncated ? `${shown}…` : shown} label={t.waiting.prompt} />
        </div>
      )}
      <Attached content={a.content} />
      <HiddenWarning count={countHidden(a.prompt)} />
    </>
  );
}

function Actions({ room, rights, approval: a }: Props & { approval: Approval }) {
  const tools = useTools();
  if (a.participantId === room.me.id)
    return <EditPrompt approval={a} as={editedAs(rights.prompt, false)} />;
  if (!rights.host) return null;
  return (
    <div className="own-actions">
      <TextButton onClick={() => void tools.run(tools.client.withdraw(a.id))}>
        {t.prompt.withdraw}
      </TextButton>
    </div>
  );
}

/** Moves a prompt up or down by one place. */
function Move({ room, index }: { room: Room; index: number }) {
  const tools = useTools();
  const { queue } = room;
  const id = queue[index]!.approvalId;
  const move = (before: string | undefined) =>
    void tools.run(tools.client.movePrompt(id, { before }));
  return (
    <span className="queue-move">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t.queue.up}
        disabled={index === 0}
        onClick={() => move(queue[index - 1]?.approvalId)}
      >
        <Icon name="up" size={14} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t.queue.down}
        disabled={index === queue.length - 1}
        onClick={() => move(queue[index + 2]?.approvalId)}
      >
        <Icon name="down" size={14} />
      </ActionIcon>
    </span>
  );
}
