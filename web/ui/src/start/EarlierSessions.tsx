import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";

import type { ListedSession } from "parley-client";

import { listAgentSessions } from "../core/api.ts";
import { marked } from "../core/visible.ts";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";

interface Props {
  agent: string;
  chosen: ListedSession | null;
  onChoose(session: ListedSession | null): void;
}

/** Lets the user continue a session that the agent has already. Lists them on request. */
export function EarlierSessions({ agent, chosen, onChoose }: Props) {
  const [sessions, setSessions] = useState<readonly ListedSession[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const list = async () => {
    setBusy(true);
    setError("");
    try {
      setSessions((await listAgentSessions(agent)).sessions);
    } catch (e) {
      setError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  if (sessions === null || sessions.length === 0) {
    return (
      <div>
        <Button variant="default" size="xs" loading={busy} onClick={() => void list()}>
          {t.share.earlier}
        </Button>
        <p className="soft breaks" role="status">
          {error ? marked(error) : sessions && t.share.noneEarlier}
        </p>
      </div>
    );
  }
  return (
    <>
      <NativeSelect
        label={t.share.earlierLabel}
        value={chosen?.sessionId ?? ""}
        onChange={(e) =>
          onChoose(sessions.find((s) => s.sessionId === e.currentTarget.value) ?? null)
        }
        data={[{ value: "", label: t.share.newSession }, ...sessions.map(entryOf)]}
      />
      {chosen && <p className="soft">{t.share.earlierAbout}</p>}
    </>
  );
}

function entryOf(s: ListedSession) {
  const when = s.updatedAt ? ` (${marked(s.updatedAt)})` : "";
  return { value: s.sessionId, label: marked(s.title || s.sessionId) + when };
}
