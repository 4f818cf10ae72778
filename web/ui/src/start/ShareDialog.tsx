import { Button, Checkbox, Modal, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";

import {
  ParleyError,
  type AgentProfile,
  type AuthMethod,
  type CreateAnswer,
  type HostSession,
  type ListedSession,
  type Mode,
} from "parley-client";

import { endAgent, listHostSessions, share, startAgent, type StartRequest } from "../core/api.ts";
import {
  newUserId,
  remember,
  rememberDirectory,
  rememberedDirectory,
  rememberedName,
  rememberName,
} from "../core/memory.ts";
import { server } from "../core/place.ts";
import { modes } from "../core/rights.ts";
import { marked } from "../core/visible.ts";
import { Invite } from "../parts/Invite.tsx";
import { SignInWays } from "../parts/SignInWays.tsx";
import { errorText } from "../parts/toasts.ts";
import { inItsDirection } from "../parts/direction.ts";
import { t } from "../texts.ts";
import { EarlierSessions } from "./EarlierSessions.tsx";
import { StartProgress } from "./StartProgress.tsx";
import { WorkingDirectory } from "./WorkingDirectory.tsx";

interface Props {
  agents: readonly AgentProfile[];
  agent: string;
  onClose(): void;
}

/** Shares an agent's session, and then shows its invite. */
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
      <Invite session={made.session.id} invite={made.inviteToken} at={made.publicUrl} />
      <Button component="a" href={`${server()}/s/${made.session.id}`} fullWidth data-autofocus>
        {t.share.enter}
      </Button>
    </div>
  );
}

interface FormProps {
  agents: readonly AgentProfile[];
  agent: string;
  onMade(a: CreateAnswer): void;
}

function Form({ agents, agent, onMade }: FormProps) {
  const running = useRunning();
  const first = agent || (agents[0]?.name ?? "");
  const [chosen, setForm] = useState<Wishes>({
    from: "fresh",
    agent: first,
    cwd: rememberedDirectory(first),
    adopt: null,
    hostSession: "",
    name: rememberedName(),
    title: "",
    mode: "prompt_with_approval",
    minutes: "1440",
    attributed: true,
  });
  // The dialog can be opened before the agents are known.
  const form =
    chosen.agent === "" ? { ...chosen, agent: first, cwd: rememberedDirectory(first) } : chosen;
  const change = (part: Partial<Wishes>) => setForm({ ...form, ...part });
  const { busy, start, error, refused, ways, submit, giveUp } = useSharing(onMade);
  const [checked, setChecked] = useState(false);
  const nameMissing = form.name.trim() === "";
  const wishes = (): Wishes => ({
    ...form,
    // What was chosen earlier counts only while the user sees it.
    cwd: agents.some((a) => a.name === form.agent && a.otherCwd) ? form.cwd : "",
    hostSession: form.hostSession || (running[0]?.id ?? ""),
  });
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        setChecked(true);
        if (nameMissing) return;
        void submit(wishes());
      }}
    >
      <What form={form} onChange={change} agents={agents} running={running} refused={refused} />
      <Terms form={form} onChange={change} complain={checked && nameMissing} />
      {start && <StartProgress starting={start.agent} since={start.since} onGiveUp={giveUp} />}
      {error && (
        <p className="note breaks" role="alert">
          {/* The lines after the first say how to sign in, like the list below. */}
          {marked(ways.length > 0 ? error.split("\n", 1)[0]! : error)}
        </p>
      )}
      {ways.length > 0 && (
        <SignInWays
          methods={ways}
          busy={busy ? "" : null}
          onSignIn={(signIn) => void submit({ ...wishes(), signIn })}
        />
      )}
      <Button type="submit" loading={busy} disabled={form.from === "fresh" && form.agent === ""}>
        {t.share.create}
      </Button>
    </form>
  );
}

interface Wishes {
  from: "fresh" | "running";
  agent: string;
  /** The working directory; "" for the agent's own. */
  cwd: string;
  /** A session that the agent has already; null for a new one. */
  adopt: ListedSession | null;
  /** The id of a way to sign in first. */
  signIn?: string;
  hostSession: string;
  name: string;
  title: string;
  mode: Mode;
  minutes: string;
  /** Whether the model is told who wrote and approved each prompt. */
  attributed: boolean;
}

function requestOf(w: Wishes): StartRequest {
  const title = w.title.trim();
  return {
    agent: w.agent,
    ...(title && { title }),
    ...(w.cwd && { cwd: w.cwd }),
    ...(w.adopt && { adopt: w.adopt.sessionId, cwd: w.adopt.cwd }),
    ...(w.signIn && { signIn: w.signIn }),
  };
}

/** An agent that takes a while to start, and when that began, in milliseconds. */
interface Start {
  agent: HostSession;
  since: number;
}

function useSharing(onMade: (a: CreateAnswer) => void) {
  const [busy, setBusy] = useState(false);
  const [start, setStart] = useState<Start | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null); // a working directory
  const [ways, setWays] = useState<readonly AuthMethod[]>([]);
  const giveUp = useGiveUp(start?.agent.id);
  const submit = async (w: Wishes) => {
    const name = w.name.trim();
    const title = w.title.trim();
    const since = Date.now();
    const signal = giveUp.begin();
    setBusy(true);
    setError(null);
    setRefused(null);
    setWays([]);
    try {
      const hostSessionId =
        w.from === "fresh"
          ? (await startAgent(requestOf(w), signal, (agent) => setStart({ agent, since }))).id
          : w.hostSession;
      const made = await share({
        hostSessionId,
        hostUserId: newUserId(name),
        hostDisplayName: name,
        mode: w.mode,
        expiresInMinutes: Number(w.minutes),
        attribution: w.attributed ? "prefix" : "off",
      });
      keep(made, name, title);
      if (w.from === "fresh" && !w.adopt) rememberDirectory(w.agent, w.cwd);
      onMade(made);
    } catch (e) {
      if (e instanceof ParleyError && e.field === "cwd" && !w.adopt) setRefused(w.cwd);
      else if (!signal.aborted) setError(errorText(e));
      setWays((e instanceof ParleyError && e.authMethods) || []);
      setBusy(false);
    } finally {
      setStart(null);
    }
  };
  return { busy, start, error, refused, ways, submit, giveUp: giveUp.abort };
}

/** Lets the user give up starting an agent. Closing the dialog gives up as well. */
function useGiveUp(starting: string | undefined) {
  const attempt = useRef<AbortController | null>(null);
  const begin = useCallback(() => (attempt.current = new AbortController()).signal, []);
  const abort = useCallback(() => attempt.current?.abort(), []);
  useEffect(() => abort, [abort]);
  useEffect(() => {
    const signal = attempt.current?.signal;
    if (starting === undefined || !signal) return;
    const end = () => void endAgent(starting).catch(() => null); // the start then fails at once
    signal.addEventListener("abort", end);
    return () => signal.removeEventListener("abort", end);
  }, [starting]);
  return { begin, abort };
}

interface PartProps {
  form: Wishes;
  onChange(part: Partial<Wishes>): void;
}

interface WhatProps extends PartProps {
  agents: readonly AgentProfile[];
  running: readonly HostSession[];
  /** A working directory that the server has refused. */
  refused: string | null;
}

function What(props: WhatProps) {
  const { form, onChange, running } = props;
  return (
    <>
      {running.length > 0 && (
        <SegmentedControl
          fullWidth
          aria-label={t.share.what}
          value={form.from}
          onChange={(v) => onChange({ from: v as Wishes["from"] })}
          data={[
            { value: "fresh", label: t.share.fresh },
            { value: "running", label: t.share.running },
          ]}
        />
      )}
      {form.from === "fresh" ? (
        <Fresh {...props} />
      ) : (
        <NativeSelect
          label={t.share.session}
          value={form.hostSession}
          onChange={(e) => onChange({ hostSession: e.currentTarget.value })}
          data={running.map((s) => ({
            value: s.id,
            label: `${s.title || s.agent} (${t.agent(s.status)})`,
          }))}
        />
      )}
    </>
  );
}

/** Describes the agent that is to be started. */
function Fresh({ form, onChange, agents, refused }: WhatProps) {
  const profile = agents.find((a) => a.name === form.agent);
  return (
    <>
      <NativeSelect
        label={t.share.agent}
        value={form.agent}
        onChange={(e) => {
          const name = e.currentTarget.value;
          onChange({ agent: name, cwd: rememberedDirectory(name), adopt: null });
        }}
        data={agents.map((a) => ({ value: a.name, label: labelOf(a) }))}
      />
      <EarlierSessions
        key={form.agent}
        agent={form.agent}
        chosen={form.adopt}
        onChoose={(adopt) => onChange({ adopt })}
      />
      {profile?.otherCwd && !form.adopt && (
        <WorkingDirectory
          key={`in ${form.agent}`}
          agent={profile}
          value={form.cwd}
          refused={refused === form.cwd}
          onChange={(cwd) => onChange({ cwd })}
        />
      )}
      <TextInput
        ref={inItsDirection}
        label={t.share.titleLabel}
        placeholder={t.share.titlePlaceholder}
        value={form.title}
        maxLength={100}
        onChange={(e) => onChange({ title: e.currentTarget.value })}
      />
    </>
  );
}

function labelOf(a: AgentProfile): string {
  const title = marked(a.title ?? "");
  return title && title.toLowerCase() !== a.name.toLowerCase() ? `${a.name} (${title})` : a.name;
}

const expiries = ["60", "480", "1440", "10080", "0"];

function Terms({ form, onChange, complain }: PartProps & { complain: boolean }) {
  return (
    <>
      <TextInput
        ref={inItsDirection}
        label={t.share.name}
        placeholder={t.share.namePlaceholder}
        value={form.name}
        maxLength={64}
        autoComplete="nickname"
        error={complain && t.share.nameMissing}
        data-autofocus
        onChange={(e) => onChange({ name: e.currentTarget.value })}
      />
      <NativeSelect
        label={t.share.mode}
        description={t.mode(form.mode).about}
        value={form.mode}
        onChange={(e) => onChange({ mode: e.currentTarget.value as Mode })}
        data={modes.map((m) => ({ value: m, label: t.mode(m).name }))}
      />
      <NativeSelect
        label={t.share.expiry}
        value={form.minutes}
        onChange={(e) => onChange({ minutes: e.currentTarget.value })}
        data={expiries.map((value) => ({ value, label: t.share.expiries[value] ?? value }))}
      />
      <Checkbox
        label={t.share.attributed}
        description={t.share.attributedAbout}
        checked={form.attributed}
        onChange={(e) => onChange({ attributed: e.currentTarget.checked })}
      />
    </>
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
