import { Button, Modal, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

import type { AgentProfile, CreateAnswer, HostSession, Mode } from "parley-client";

import { listHostSessions, share, startAgent } from "../core/api.ts";
import { newUserId, remember, rememberedName, rememberName } from "../core/memory.ts";
import { modes } from "../core/rights.ts";
import { Invite } from "../parts/Invite.tsx";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";

interface Props {
  agents: readonly AgentProfile[];
  agent: string;
  onClose(): void;
}

/** Shares an agent's session, and hands out its invite. */
export function ShareDialog({ agents, agent, onClose }: Props) {
  const [made, setMade] = useState<CreateAnswer | null>(null);
  return (
    <Modal opened onClose={onClose} title={made ? t.share.doneTitle : t.share.title}>
      {made ? <Done made={made} /> : <Form agents={agents} agent={agent} onMade={setMade} />}
    </Modal>
  );
}

function Done({ made }: { made: CreateAnswer }) {
  return (
    <div className="stack">
      <Invite session={made.session.id} invite={made.inviteToken} />
      <Button component="a" href={`/s/${made.session.id}`} fullWidth data-autofocus>
        {t.share.enter}
      </Button>
    </div>
  );
}

function Form({ agents, agent: firstAgent, onMade }: { agents: readonly AgentProfile[]; agent: string; onMade(a: CreateAnswer): void }) {
  const running = useRunning();
  const [from, setFrom] = useState<"fresh" | "running">("fresh");
  const [agent, setAgent] = useState(firstAgent || (agents[0]?.name ?? ""));
  const [hostSession, setHostSession] = useState("");
  const [name, setName] = useState(rememberedName());
  const [title, setTitle] = useState("");
  const [mode, setMode] = useState<Mode>("prompt_with_approval");
  const [minutes, setMinutes] = useState("1440");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async () => {
    if (name.trim() === "") return setError(t.share.nameMissing);
    setBusy(true);
    setError(null);
    try {
      const id = from === "fresh" ? (await startAgent(agent, title.trim())).id : hostSession || (running[0]?.id ?? "");
      const made = await share({
        hostSessionId: id,
        hostUserId: newUserId(name),
        hostDisplayName: name.trim(),
        mode,
        expiresInMinutes: Number(minutes),
      });
      keep(made, name.trim(), title.trim());
      onMade(made);
    } catch (e) {
      setError(errorText(e));
      setBusy(false);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void submit();
      }}
    >
      {running.length > 0 && (
        <SegmentedControl
          fullWidth
          aria-label={t.share.what}
          value={from}
          onChange={(v) => setFrom(v as typeof from)}
          data={[
            { value: "fresh", label: t.share.fresh },
            { value: "running", label: t.share.running },
          ]}
        />
      )}
      {from === "fresh" ? (
        <>
          <NativeSelect label={t.share.agent} value={agent} onChange={(e) => setAgent(e.currentTarget.value)} data={agents.map((a) => a.name)} />
          <TextInput label={t.share.titleLabel} placeholder={t.share.titlePlaceholder} value={title} maxLength={100} onChange={(e) => setTitle(e.currentTarget.value)} />
        </>
      ) : (
        <NativeSelect
          label={t.share.session}
          value={hostSession}
          onChange={(e) => setHostSession(e.currentTarget.value)}
          data={running.map((s) => ({ value: s.id, label: `${s.title || s.agent} (${t.agent(s.status)})` }))}
        />
      )}
      <TextInput label={t.share.name} placeholder={t.share.namePlaceholder} value={name} maxLength={64} autoComplete="nickname" data-autofocus onChange={(e) => setName(e.currentTarget.value)} />
      <NativeSelect
        label={t.share.mode}
        description={t.mode(mode).about}
        value={mode}
        onChange={(e) => setMode(e.currentTarget.value as Mode)}
        data={modes.map((m) => ({ value: m, label: t.mode(m).name }))}
      />
      <NativeSelect
        label={t.share.expiry}
        value={minutes}
        onChange={(e) => setMinutes(e.currentTarget.value)}
        data={["60", "480", "1440", "10080", "0"].map((value) => ({ value, label: t.share.expiries[value] ?? value }))}
      />
      {error && (
        <p className="note" role="alert">
          {error}
        </p>
      )}
      <Button type="submit" loading={busy} disabled={from === "fresh" && agent === ""}>
        {t.share.create}
      </Button>
    </form>
  );
}

function keep(made: CreateAnswer, name: string, title: string): void {
  rememberName(name);
  remember(made.session.id, {
    invite: made.inviteToken,
    participant: { id: made.hostParticipant.id, token: made.hostParticipant.accessToken ?? "" },
    role: "host",
    at: Date.now(),
    ...(title && { title }),
  });
}

function useRunning(): HostSession[] {
  const [running, setRunning] = useState<HostSession[]>([]);
  useEffect(() => {
    listHostSessions().then(
      (list) => setRunning(list.filter((s) => s.status !== "exited")),
      () => setRunning([]),
    );
  }, []);
  return running;
}
