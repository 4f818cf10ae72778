import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useState } from "react";

import { parseLink, type Participant } from "parley-client";

import { remember } from "../core/memory.ts";
import { nameOf } from "../core/name.ts";
import { CopyField } from "../parts/CopyField.tsx";
import { inItsDirection } from "../parts/direction.ts";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

interface Props {
  person: Participant;
  onClose(): void;
}

/** Confirms a removal, and then shows the new invite link. */
export function RemoveDialog({ person, onClose }: Props) {
  const [invite, setInvite] = useState<string | null>(null);
  const title = invite ? t.people.removed(nameOf(person)) : t.people.removeAsk(nameOf(person));
  return (
    <Modal opened onClose={onClose} title={title}>
      {invite ? (
        <NewInvite invite={invite} onClose={onClose} />
      ) : (
        <Question
          person={person}
          onClose={onClose}
          onRemoved={(link) => (link ? setInvite(link) : onClose())}
        />
      )}
    </Modal>
  );
}

function Question({
  person,
  onClose,
  onRemoved,
}: Props & { onRemoved(invite: string | null): void }) {
  const tools = useTools();
  const [reason, setReason] = useState("");
  const [renew, setRenew] = useState(true);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    const why = reason.trim();
    const { invite } = await tools.client.remove(person.id, {
      keepInvite: !renew,
      ...(why && { reason: why }),
    });
    const link = invite ? parseLink(invite) : null;
    if (link?.invite) {
      const inviteSince = tools.client.cursor;
      remember(link.session, { invite: link.invite, ...(inviteSince && { inviteSince }) });
    }
    onRemoved(invite);
  };
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        if (busy) return;
        setBusy(true);
        void tools.run(remove()).then(() => setBusy(false));
      }}
    >
      <p>{t.people.removeAbout}</p>
      <TextInput
        ref={inItsDirection}
        label={t.people.reason}
        value={reason}
        maxLength={500}
        data-autofocus
        onChange={(e) => setReason(e.currentTarget.value)}
      />
      <Checkbox
        label={t.people.renew}
        description={renew ? t.people.renewAbout : t.people.keepAbout}
        checked={renew}
        onChange={(e) => setRenew(e.currentTarget.checked)}
      />
      <div className="dialog-actions">
        <Button variant="default" onClick={onClose}>
          {t.cancel}
        </Button>
        <Button type="submit" color="red" disabled={busy}>
          {t.people.remove}
        </Button>
      </div>
    </form>
  );
}

function NewInvite({ invite, onClose }: { invite: string; onClose(): void }) {
  return (
    <div className="stack">
      <p>{t.people.renewed}</p>
      <CopyField label={t.invite.label} copyLabel={t.invite.copy} text={invite} />
      <div className="dialog-actions">
        <Button data-autofocus onClick={onClose}>
          {t.done}
        </Button>
      </div>
    </div>
  );
}
