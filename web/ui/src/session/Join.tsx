import { Button, Checkbox, TextInput } from "@mantine/core";
import { useEffect, useEffectEvent, useState } from "react";

import { formatLink, ParleyError, type InvitationAnswer, type ServerAnswer } from "parley-client";

import { rememberedName } from "../core/memory.ts";
import { nameOf } from "../core/name.ts";
import { describe, leaveToSignIn } from "../core/operator.ts";
import { certificate, server, verifiesPeople } from "../core/place.ts";
import type { StateName } from "../core/states.ts";
import { CopyField } from "../parts/CopyField.tsx";
import { Face } from "../parts/Face.tsx";
import { Fold } from "../parts/Fold.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Page } from "../parts/Page.tsx";
import { inItsDirection } from "../parts/direction.ts";
import { Spinner } from "../parts/Spinner.tsx";
import { t } from "../texts/outside.ts";
import { useInvitation } from "./useInvitation.ts";
import type { JoinChoice } from "./access.ts";
import "./Join.css";

interface Props {
  session: string;
  invite: string;
  /** Whether the user was in the session before. */
  again: boolean;
  /** Called when the user starts to use the page, and is likely to join. */
  onUse(): void;
  onJoin(choice: JoinChoice): void;
  onStop(state: StateName): void;
}

/** Asks the server whether the invite is valid, and then the user for a name. */
export function Join({ session, invite, again, onUse, onJoin, onStop }: Props) {
  const invited = useInvitation(session, invite);
  const refused = invited.state === "refused" ? invited.why : null;
  useEffect(() => {
    document.title = `${t.join.go} · ${t.app}`;
  }, []);
  const stop = useEffectEvent(onStop);
  useEffect(() => {
    if (refused) stop(refused);
  }, [refused]);
  return (
    <Page narrow>
      <div className="join" onPointerDown={onUse} onKeyDown={onUse}>
        {invited.state === "good" ? (
          <JoinForm
            invitation={invited.invitation}
            again={again}
            link={formatLink({ server: server(), session, invite, ...certificate() })}
            onJoin={onJoin}
          />
        ) : invited.state === "unknown" ? (
          <NoAnswer error={invited.error} again={invited.again} />
        ) : (
          <p className="join-asking" role="status">
            <Spinner />
            {t.join.checking}…
          </p>
        )}
      </div>
    </Page>
  );
}

function NoAnswer({ error, again }: { error: unknown; again(): void }) {
  const busy = error instanceof ParleyError && error.code === "RATE_LIMITED";
  return (
    <div className="join-asking" role="status">
      <h1>{busy ? t.join.busy : t.join.unreachable}</h1>
      <p className="soft">{t.join.unreachableAbout}</p>
      <Button variant="default" onClick={again}>
        {t.retry}
      </Button>
    </div>
  );
}

interface FormProps {
  invitation: InvitationAnswer;
  again: boolean;
  link: string;
  onJoin(choice: JoinChoice): void;
}

/** Asks for a name and says what the link allows. */
function JoinForm({ invitation, again, link, onJoin }: FormProps) {
  const [name, setName] = useState(rememberedName);
  const [watch, setWatch] = useState(false);
  const [missing, setMissing] = useState(false);
  const [person, setPerson] = useState<string | null>(null);
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        const given = person ?? name.trim();
        if (given === "") setMissing(true);
        else onJoin({ name: given, watch });
      }}
    >
      <h1>{(again ? t.join.againTo : t.join.titleTo)(nameOf(invitation.host))}</h1>
      <p className="lead">{again ? t.join.leadAgain : t.join.lead}</p>
      <Allows invitation={invitation} />
      {verifiesPeople() && <JoinAs link={link} onPerson={setPerson} />}
      {person === null && (
        <TextInput
          ref={inItsDirection}
          label={t.join.name}
          placeholder={t.join.namePlaceholder}
          description={t.join.remembered}
          size="md"
          value={name}
          maxLength={64}
          autoComplete="nickname"
          autoFocus
          error={missing && name.trim() === "" ? t.join.nameMissing : null}
          onChange={(e) => setName(e.currentTarget.value)}
        />
      )}
      <Checkbox
        size="md"
        label={t.join.watch}
        description={t.join.watchAbout}
        checked={watch}
        onChange={(e) => setWatch(e.currentTarget.checked)}
      />
      <Button type="submit" size="md" fullWidth>
        {t.join.go}
      </Button>
      <p className="fine">{t.join.privacy}</p>
      <Fold name="terminal" summary={t.join.terminal} className="fold-quiet">
        <CopyField label={t.join.terminal} text={`parley join '${link}'`} />
      </Fold>
    </form>
  );
}

interface AsProps {
  /** The invite link, to which the user comes back. */
  link: string;
  /** Called with the name of a user who is signed in. */
  onPerson(name: string): void;
}

/** Lets the user sign in before joining, or says as whom the user joins. */
function JoinAs({ link, onPerson }: AsProps) {
  const [server, setServer] = useState<ServerAnswer | null>(null);
  const tell = useEffectEvent(onPerson);
  useEffect(() => {
    void describe().then(
      (answer) => {
        setServer(answer);
        if (answer.identity) tell(answer.identity.name);
      },
      () => {}, // the user can join under any name
    );
  }, []);
  if (server?.identity)
    return (
      <p className="soft" dir="auto">
        {t.join.as(server.identity.name, server.identity.userId)}
      </p>
    );
  if (!server?.provider) return null;
  return (
    <Button variant="default" onClick={() => leaveToSignIn(link)}>
      {t.join.signInWith(server.provider.name)}
    </Button>
  );
}

function Allows({ invitation }: { invitation: InvitationAnswer }) {
  const { session, participants, present } = invitation;
  return (
    <section className="allows" aria-label={t.join.allows}>
      <p>
        <Icon name="eye" size={15} />
        <span>
          <strong>{t.join.allows}: </strong>
          {t.mode(session.mode).about}
        </span>
      </p>
      {present > 0 && (
        <p>
          <span className="faces">
            {participants.map((p) => (
              <Face key={p.id} person={p} size="sm" />
            ))}
          </span>
          <span className="soft">{t.join.inside(present)}</span>
        </p>
      )}
    </section>
  );
}
