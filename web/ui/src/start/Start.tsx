import "../styles/mantine.ts";

import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";

import type { AgentsAnswer, HostSession } from "parley-client";

import { listAgents, listHostSessions, listSessions } from "../core/api.ts";
import { isForOperators, leaveToSignIn } from "../core/operator.ts";
import { server } from "../core/place.ts";
import { Visible } from "../content/Visible.tsx";
import { Icon } from "../parts/Icon.tsx";
import { Loading } from "../parts/Loading.tsx";
import { Page } from "../parts/Page.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";
import { Agents } from "./Agents.tsx";
import { chooseSessions, entriesOf, type Entry, type Filter } from "./choose.ts";
import { HaveLink } from "./HaveLink.tsx";
import { OperatorSignIn } from "./OperatorSignIn.tsx";
import { Running } from "./Running.tsx";
import { SessionRow } from "./SessionRow.tsx";
import { ShareDialog } from "./ShareDialog.tsx";
import { useOperator } from "./useOperator.ts";
import "./Start.css";

/** The start page: sessions, agents, and ways to join. code is that of a sign-in link,
 * and back means that the user comes back from the identity provider. */
export default function Start({ code, back }: { code: string | undefined; back: boolean }) {
  const { operator, look, leave } = useOperator(code, back);
  useEffect(() => {
    document.title = t.app;
  }, []);
  if (operator.state === "asking") return <Loading />;
  if (operator.state === "signedOut")
    return (
      <SignedOut
        failed={operator.failed}
        provider={operator.provider}
        onSignedIn={() => void look()}
      />
    );
  return <Overview operator={operator.name} onSignOut={() => void leave()} />;
}

/** What everybody may see on a protected server. */
function SignedOut({
  failed,
  provider,
  onSignedIn,
}: {
  failed: string | null;
  provider: string | null;
  onSignedIn(): void;
}) {
  return (
    <Page narrow>
      <h1>{t.tagline}</h1>
      <p className="lead">{t.operator.lead}</p>
      <div className="start-side start-outside">
        <HaveLink />
        {provider !== null && <ProviderSignIn provider={provider} failed={failed} />}
        <OperatorSignIn failed={provider === null ? failed : null} onSignedIn={onSignedIn} />
      </div>
    </Page>
  );
}

/** A button that leads to the identity provider. */
function ProviderSignIn({ provider, failed }: { provider: string; failed: string | null }) {
  return (
    <section className="panel start-sign-in" aria-label={t.operator.people}>
      <h2>{t.operator.people}</h2>
      <p className="soft">{t.operator.peopleAbout}</p>
      {failed !== null && (
        <p className="start-failed" role="alert">
          <Visible text={failed} />
        </p>
      )}
      <Button onClick={() => leaveToSignIn(`${server()}/`)}>
        {t.operator.signInWith(provider)}
      </Button>
    </section>
  );
}

/** The sessions and agents, for those who may see them. */
function Overview({ operator, onSignOut }: { operator: string | null; onSignOut(): void }) {
  const { sessions, agents, running, error, reload } = useLists();
  const [sharing, setSharing] = useState<{ agent: string } | null>(null);
  return (
    <Page>
      <div className="start-head">
        <div>
          <h1>{t.tagline}</h1>
          <p className="lead">{t.start.lead}</p>
          {operator !== null && (
            <div className="soft fine start-operator">
              <span>
                <Visible text={t.operator.signedIn(operator)} />
              </span>
              <TextButton onClick={onSignOut}>{t.operator.signOut}</TextButton>
            </div>
          )}
        </div>
        <Button
          size="md"
          leftSection={<Icon name="plus" size={17} />}
          onClick={() => setSharing({ agent: "" })}
        >
          {t.start.share}
        </Button>
      </div>
      <div className="start-columns">
        <Sessions sessions={sessions} error={error} />
        <div className="start-side">
          <HaveLink />
          <Agents agents={agents} onShare={(agent) => setSharing({ agent })} />
          <Running agents={running} entries={sessions ?? []} reload={reload} />
          <section className="panel" aria-label={t.start.terminal}>
            <h2>{t.start.terminal}</h2>
            <p className="soft">{t.start.terminalAbout}</p>
            <pre className="command" tabIndex={0}>
              <code>{t.start.terminalCommand}</code>
            </pre>
          </section>
        </div>
      </div>
      {sharing && (
        <ShareDialog
          agents={agents?.agents ?? []}
          agent={sharing.agent}
          onClose={() => setSharing(null)}
        />
      )}
    </Page>
  );
}

const noAgents: AgentsAnswer = { agents: [], missing: [] };

function useLists() {
  const [sessions, setSessions] = useState<Entry[] | null>(null);
  const [agents, setAgents] = useState<AgentsAnswer | null>(null);
  const [running, setRunning] = useState<HostSession[]>([]);
  const [error, setError] = useState<string | null>(null);
  const reload = useCallback(() => {
    const hosts = listHostSessions().catch(() => []); // the list is useful, but not necessary
    void hosts.then(setRunning);
    return listSessions().then(
      async (list) => setSessions(entriesOf(list, await hosts)),
      (e: unknown) =>
        setError(isForOperators(e) ? t.start.protected : `${t.start.failed} ${errorText(e)}`),
    );
  }, []);
  useEffect(() => {
    void reload();
  }, [reload]);
  useEffect(() => {
    const list = () => listAgents().then(setAgents, () => setAgents((a) => a ?? noAgents));
    void list();
    // Someone who comes back to the page may have installed an agent.
    window.addEventListener("focus", list);
    return () => window.removeEventListener("focus", list);
  }, []);
  return { sessions, agents, running, error, reload };
}

function Sessions({ sessions, error }: { sessions: Entry[] | null; error: string | null }) {
  const [filter, setFilter] = useState<Filter>("active");
  const [words, setWords] = useState("");
  const chosen = sessions && chooseSessions(sessions, filter, words);
  const none = whyNone(filter, words, sessions?.length ?? 0);
  return (
    <section className="panel sessions" aria-label={t.start.title}>
      <div className="sessions-head">
        <h2>{t.start.title}</h2>
        <SegmentedControl
          size="xs"
          aria-label={t.start.filter.label}
          value={filter}
          onChange={(v) => setFilter(v as Filter)}
          data={(["active", "mine", "all"] as const).map((value) => ({
            value,
            label: t.start.filter[value],
          }))}
        />
      </div>
      <TextInput
        aria-label={t.start.search}
        placeholder={t.start.search}
        leftSection={<Icon name="search" size={15} />}
        value={words}
        onChange={(e) => setWords(e.currentTarget.value)}
      />
      {error && <p className="note">{error}</p>}
      {!error && chosen === null && <p className="soft sessions-none">{t.loading}…</p>}
      {chosen?.length === 0 && (
        <div className="sessions-none">
          <p>{none[0]}</p>
          <p className="soft">{none[1]}</p>
        </div>
      )}
      <ul className="session-list">
        {chosen?.slice(0, 200).map((s) => (
          <SessionRow key={s.session.id} entry={s} />
        ))}
      </ul>
    </section>
  );
}

/** Returns why no session is listed, and what to do about it. */
function whyNone(filter: Filter, words: string, all: number): [what: string, about: string] {
  if (words.trim() !== "") return [t.start.noneMatch, t.start.noneMatchAbout];
  if (all === 0) return [t.start.none, t.start.noneAbout];
  return [filter === "mine" ? t.start.noneMine : t.start.noneOpen, t.start.noneHereAbout];
}
