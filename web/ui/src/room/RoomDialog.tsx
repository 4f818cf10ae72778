import { Button, Drawer, Modal, Switch } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";

import { parseLink } from "parley-client";

import { listHostSessions, listSessions } from "../core/api.ts";
import { isForOperators } from "../core/operator.ts";
import { recall, remember } from "../core/memory.ts";
import { inviteReplaced, openQuestions, type Room } from "../core/room.ts";
import { Invite } from "../parts/Invite.tsx";
import { Visible } from "../content/Visible.tsx";
import { Confirm } from "../parts/Confirm.tsx";
import { CopyField } from "../parts/CopyField.tsx";
import { entriesOf, openOn } from "../start/choose.ts";
import { lazyDialog } from "../parts/lazyDialog.tsx";
import { t } from "../texts.ts";
import { Aside } from "./Aside.tsx";
import { BellChoices } from "./BellChoices.tsx";
import { useTools } from "./context.ts";
import type { DialogName } from "./Header.tsx";
import { ForkDialog } from "./ForkDialog.tsx";
import { SwitchDialog } from "./SwitchDialog.tsx";
import "./RoomDialog.css";

const Review = lazyDialog(() => import("./review/Review.tsx"));

export type DialogProps = {
  room: Room;
  host: boolean;
  which: DialogName;
  singleKeys: boolean;
  onSingleKeys(on: boolean): void;
  onClose(): void;
};

/** One of the dialogs of the room. */
export function RoomDialog({ which, ...props }: DialogProps) {
  switch (which) {
    case "people":
      return (
        <Drawer opened position="right" size={320} title={t.room.people} onClose={props.onClose}>
          <Aside room={props.room} host={props.host} />
        </Drawer>
      );
    case "invite":
      return <InviteDialog {...props} />;
    case "terminal":
      return (
        <Box title={t.room.terminal} onClose={props.onClose}>
          <p className="soft">{t.room.terminalAbout}</p>
          <Terminal />
        </Box>
      );
    case "bell":
      return (
        <Box title={t.bell.title} onClose={props.onClose}>
          <BellChoices session={props.room.session.id} />
        </Box>
      );
    case "changes":
      return <Review room={props.room} singleKeys={props.singleKeys} onClose={props.onClose} />;
    case "switch":
      return <SwitchDialog room={props.room} onClose={props.onClose} />;
    case "fork":
      return <ForkDialog room={props.room} onClose={props.onClose} />;
    case "shortcuts":
      return <ShortcutsDialog {...props} />;
    default:
      return <Ask which={which} {...props} />;
  }
}

function Box({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose(): void;
  children: ReactNode;
}) {
  return (
    <Modal opened onClose={onClose} title={title}>
      <div className="stack">{children}</div>
    </Modal>
  );
}

function Terminal() {
  const tools = useTools();
  return <CopyField label={t.room.terminal} text={`parley join '${tools.client.link ?? ""}'`} />;
}

function InviteDialog({ room, host, onClose }: Omit<DialogProps, "which">) {
  const tools = useTools();
  const [replacing, setReplacing] = useState(false);
  const [rotated, setRotated] = useState(false);
  const known = recall(room.session.id);
  const replaced = inviteReplaced(room, known?.inviteSince);
  const active = room.session.status === "active";
  const told = room.session.inviteToken ?? (replaced ? undefined : known?.invite);
  const invite = active ? told : undefined;
  const rotate = async () => {
    setReplacing(true);
    setRotated(false);
    try {
      await makeNew();
      setRotated(true);
    } finally {
      setReplacing(false);
    }
  };
  const makeNew = async () => {
    const token = parseLink(await tools.client.rotateInvite()).invite;
    const inviteSince = tools.client.cursor;
    if (token) remember(room.session.id, { invite: token, ...(inviteSince && { inviteSince }) });
  };
  return (
    <Box title={t.invite.title} onClose={onClose}>
      {invite ? (
        <Invite
          session={room.session.id}
          invite={invite}
          at={room.publicUrl}
          replacing={replacing}
        />
      ) : (
        <p className="soft">{active ? t.invite.unknown(host, replaced) : t.invite.over}</p>
      )}
      {host && active && (
        <div className="rotate">
          {invite && <p className="soft">{t.invite.rotateAbout}</p>}
          <Button variant="default" size="xs" onClick={() => replacing || void tools.run(rotate())}>
            {t.invite.rotate}
          </Button>
        </div>
      )}
      {host && active && (
        <p className="rotated" role="status">
          {rotated && t.invite.rotated}
        </p>
      )}
    </Box>
  );
}

function ShortcutsDialog({ singleKeys, onSingleKeys, onClose }: Omit<DialogProps, "which">) {
  return (
    <Box title={t.shortcuts.title} onClose={onClose}>
      <dl className="keys">
        {t.shortcuts.list.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Switch
        checked={singleKeys}
        label={t.shortcuts.single}
        onChange={(e) => onSingleKeys(e.currentTarget.checked)}
      />
    </Box>
  );
}

const questions = {
  leave: { title: t.room.leaveAsk, about: "", yes: t.room.leave },
  close: { title: t.room.closeAsk, about: t.room.closeAbout, yes: t.room.closeSession },
  restart: {
    title: t.room.restartAgentAsk,
    about: t.room.restartAgentAbout,
    yes: t.room.restartAgent,
  },
  stop: { title: t.room.stopAgentAsk, about: t.room.stopAgentAbout, yes: t.room.stopAgent },
};

/**
 * Returns the titles of other sessions that are open on the room's agent: null until known, and
 * "hidden" if the server tells only operators.
 */
function useOthers(room: Room, wanted: boolean): string[] | "hidden" | null {
  const [others, setOthers] = useState<string[] | "hidden" | null>(wanted ? null : []);
  const { id, hostSessionId } = room.session;
  useEffect(() => {
    if (!wanted) return;
    Promise.all([listSessions(), listHostSessions()]).then(
      ([sessions, hosts]) => {
        const open = openOn({ id: hostSessionId }, entriesOf(sessions, hosts));
        setOthers(open.filter((e) => e.session.id !== id).map((e) => e.title));
      },
      (e: unknown) => setOthers(isForOperators(e) ? "hidden" : []),
    );
  }, [id, hostSessionId, wanted]);
  return others;
}

function OtherSessions({ titles }: { titles: readonly string[] | "hidden" }) {
  if (titles === "hidden") return <p>{t.running.othersHidden}</p>;
  if (titles.length === 0) return null;
  return (
    <div>
      <p>{t.running.others}</p>
      <ul className="open-on">
        {titles.map((title, i) => (
          <li key={i}>
            <Visible text={title} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Ask({
  which,
  room,
  onClose,
}: Omit<DialogProps, "which"> & { which: keyof typeof questions }) {
  const tools = useTools();
  const q = questions[which];
  const others = useOthers(room, which === "stop" || which === "restart");
  const client = tools.client;
  const act = {
    leave: () => client.leave(),
    close: () => client.closeSession(),
    restart: () => client.restartAgent(),
    stop: () => client.stopAgent(),
  }[which];
  return (
    <Box title={q.title} onClose={onClose}>
      {which === "leave" ? <Leaving room={room} /> : <p>{q.about}</p>}
      <OtherSessions titles={others ?? []} />
      <Confirm
        yes={q.yes}
        danger={which !== "leave"}
        ready={others !== null}
        onYes={() => void tools.run(act()).then((ok) => ok && onClose())}
        onNo={onClose}
      />
    </Box>
  );
}

/** Says what happens to what waits, and how to return. */
function Leaving({ room }: { room: Room }) {
  const tools = useTools();
  if (room.me.role !== "host") {
    const own = room.pending.filter((a) => a.participantId === room.me.id).length;
    return <p>{t.room.leaveAbout(own)}</p>;
  }
  return (
    <>
      <p>{t.room.leaveHost}</p>
      <p>{t.room.leaveWaiting(room.pending.length, openQuestions(room).length)}</p>
      <CopyField label={t.room.ownLink} text={tools.client.link ?? ""} />
    </>
  );
}
