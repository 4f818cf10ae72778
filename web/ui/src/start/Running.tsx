import { Button, Modal } from "@mantine/core";
import { useState } from "react";

import type { HostSession } from "parley-client";

import { endAgent } from "../core/api.ts";
import { relativeTime } from "../core/format.ts";
import { Visible } from "../content/Visible.tsx";
import { Confirm } from "../parts/Confirm.tsx";
import { Icon } from "../parts/Icon.tsx";
import { useNow } from "../parts/useNow.ts";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";
import { openOn, type Entry } from "./choose.ts";
import "./Running.css";

interface Props {
  agents: readonly HostSession[];
  entries: readonly Entry[];
  reload(): Promise<void>;
}

/**
 * Lists the agents that run on the server, each with a button to end it. Renders
 * nothing if there are none.
 */
export function Running({ agents, entries, reload }: Props) {
  const [ending, setEnding] = useState<HostSession | null>(null);
  const ask = async (a: HostSession) => {
    await reload(); // its open sessions may have changed
    setEnding(a);
  };
  const running = agents.filter((a) => a.status !== "exited");
  if (running.length === 0) return null;
  return (
    <section className="panel" aria-label={t.running.title}>
      <h2>{t.running.title}</h2>
      <ul className="agents">
        {running.slice(0, 100).map((a) => (
          <li key={a.id}>
            <span className="face face-md face-agent" aria-hidden="true">
              <Icon name="spark" size={14} />
            </span>
            <Text agent={a} open={openOn(a, entries).length} />
            <Button
              size="xs"
              variant="default"
              aria-label={t.running.endOne(nameOf(a))}
              onClick={() => void ask(a)}
            >
              {t.running.end}
            </Button>
          </li>
        ))}
      </ul>
      {ending && (
        <Question
          agent={ending}
          open={openOn(ending, entries)}
          onClose={() => setEnding(null)}
          onEnded={() => void reload()}
        />
      )}
    </section>
  );
}

function nameOf(a: HostSession): string {
  return a.title || a.agent;
}

function Text({ agent: a, open }: { agent: HostSession; open: number }) {
  const now = useNow(true, 30_000);
  return (
    <span className="agent-text">
      <strong className="cut" title={nameOf(a)}>
        <Visible text={nameOf(a)} />
      </strong>
      <span className="soft">
        {a.title && a.title.toLowerCase() !== a.agent.toLowerCase() && `${a.agent} · `}
        {`${t.agent(a.status)} · ${t.running.sessions(open)} · `}
        {t.start.created(relativeTime(Date.parse(a.createdAt), now))}
      </span>
    </span>
  );
}

interface QuestionProps {
  agent: HostSession;
  open: readonly Entry[];
  onClose(): void;
  onEnded(): void;
}

/** Asks before an agent is ended, and says which sessions use it. */
function Question({ agent, open, onClose, onEnded }: QuestionProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const now = useNow(true, 30_000);
  const end = async () => {
    setBusy(true);
    try {
      await endAgent(agent.id);
      onEnded();
      onClose();
    } catch (e) {
      setError(errorText(e));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={<Visible text={t.running.ask(nameOf(agent))} />}>
      <div className="stack">
        <p>{t.running.about}</p>
        {open.length === 0 ? (
          <p className="soft">{t.running.noneOpen}</p>
        ) : (
          <div>
            <p>{t.running.openOn(open.length)}</p>
            <ul className="open-on">
              {open.map((e) => (
                <li key={e.session.id}>
                  <Visible text={e.title} />{" "}
                  <span className="soft">
                    {t.start.created(relativeTime(Date.parse(e.session.createdAt), now))}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        )}
        {error && (
          <p className="note" role="alert">
            {error}
          </p>
        )}
        <Confirm
          yes={t.running.confirm}
          danger
          busy={busy}
          onYes={() => void end()}
          onNo={onClose}
        />
      </div>
    </Modal>
  );
}
