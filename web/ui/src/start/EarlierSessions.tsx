import { Button, Select } from "@mantine/core";
import { useMemo, useState } from "react";

import type { ListedSession } from "parley-client";

import { listAgentSessions } from "../core/api.ts";
import { fullTime } from "../core/format.ts";
import { marked } from "../core/visible.ts";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";
import "./EarlierSessions.css";

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
  const byId = useMemo(() => new Map(sessions?.map((s) => [s.sessionId, s])), [sessions]);
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
      <Select
        label={t.share.earlierLabel}
        description={chosen && placeOf(chosen)}
        classNames={{ description: "breaks", input: "chosen-session" }}
        value={chosen?.sessionId ?? ""}
        allowDeselect={false}
        data={[
          { value: "", label: t.share.newSession },
          ...[...byId.values()].map((s) => ({ value: s.sessionId, label: titleOf(s) })),
        ]}
        renderOption={({ option }) => {
          const session = byId.get(option.value);
          return (
            <span className="earlier-session breaks">
              {option.label}
              {session && <span className="soft">{placeOf(session)}</span>}
            </span>
          );
        }}
        maxDropdownHeight={280}
        onChange={(id) => onChoose(byId.get(id ?? "") ?? null)}
      />
      {chosen && <p className="soft">{t.share.earlierAbout}</p>}
    </>
  );
}

function titleOf(s: ListedSession): string {
  return marked(s.title || s.sessionId);
}

/** Returns when a session was last used, as far as the agent tells, and its directory. */
function placeOf(s: ListedSession): string {
  const at = Date.parse(s.updatedAt ?? "");
  const when = Number.isNaN(at) ? marked(s.updatedAt ?? "") : fullTime(at);
  return [when, marked(s.cwd)].filter((part) => part !== "").join(" · ");
}
