import { Button, Checkbox, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

import { ParleyError } from "parley-client";

import { glance, howEnded, type Glance } from "../core/api.ts";
import { recall, rememberedName } from "../core/memory.ts";
import { server } from "../core/place.ts";
import { nameOf } from "../core/name.ts";
import type { StateName } from "../core/states.ts";
import { CopyField } from "../parts/CopyField.tsx";
import { Face } from "../parts/Face.tsx";
import { Fold } from "../parts/Fold.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Page } from "../parts/Page.tsx";
import { inItsDirection } from "../parts/direction.ts";
import { t } from "../texts.ts";

export interface JoinChoice {
  name: string;
  watch: boolean;
}

interface Props {
  session: string;
  onJoin(choice: JoinChoice): void;
  onStop(state: StateName): void;
}

/** Asks for a name, once, and says what the link allows. */
export function Join({ session, onJoin, onStop }: Props) {
  const [name, setName] = useState(rememberedName());
  const [watch, setWatch] = useState(false);
  const [missing, setMissing] = useState(false);
  const seen = useGlance(session, onStop);
  const host = seen?.participants.find((p) => p.role === "host");
  useEffect(() => {
    document.title = `${t.join.go} · ${t.app}`;
  }, []);
  return (
    <Page narrow>
      <form
        className="join"
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          const given = name.trim();
          if (given === "") setMissing(true);
          else onJoin({ name: given, watch });
        }}
      >
        <h1>{host ? t.join.titleTo(nameOf(host)) : t.join.title}</h1>
        <p className="lead">{t.join.lead}</p>
        <Inside seen={seen} />
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
          <CopyField label={t.join.terminal} text={`parley join '${inviteLink(session)}'`} />
        </Fold>
      </form>
    </Page>
  );
}

function inviteLink(session: string): string {
  return `${server()}/s/${session}#i=${recall(session)?.invite ?? ""}`;
}

function Inside({ seen }: { seen: Glance | null }) {
  const inside = seen?.participants.filter((p) => p.leftAt === null) ?? [];
  const mode = seen && t.mode(seen.session.mode);
  return (
    <section className="allows" aria-label={t.join.allows}>
      <p>
        <Icon name="eye" size={15} />
        <span>
          <strong>{t.join.allows}: </strong>
          {mode ? mode.about : t.join.lead}
        </span>
      </p>
      {inside.length > 0 && (
        <p>
          <span className="faces">
            {inside.slice(0, 5).map((p) => (
              <Face key={p.id} person={p} size="sm" />
            ))}
          </span>
          <span className="soft">{t.join.inside(inside.length)}</span>
        </p>
      )}
    </section>
  );
}

// Not every server shows its sessions to people outside; then one sees less.
function useGlance(session: string, onStop: (state: StateName) => void): Glance | null {
  const [seen, setSeen] = useState<Glance | null>(null);
  useEffect(() => {
    let gone = false;
    glance(session).then(
      (g) => !gone && setSeen(g),
      async (error: unknown) => {
        const state = await whyNot(session, error);
        if (!gone && state) onStop(state);
      },
    );
    return () => {
      gone = true;
    };
  }, [session]);
  return seen;
}

async function whyNot(session: string, error: unknown): Promise<StateName | null> {
  const code = error instanceof ParleyError ? error.code : "";
  if (code === "SESSION_INACTIVE") return howEnded(session);
  return code === "SESSION_NOT_FOUND" ? "notFound" : null;
}
