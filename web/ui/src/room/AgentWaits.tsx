import { Button } from "@mantine/core";

import { duration, timeOfDay } from "../core/format.ts";
import { marked } from "../core/visible.ts";
import type { Room } from "../core/room.ts";
import { useNow } from "../parts/useNow.ts";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import "./AgentWaits.css";

interface Props {
  room: Room;
  /** Whether the user may cancel the running turn. */
  mayStop: boolean;
  /** Opens a question about the agent's process. */
  ask(which: "stop" | "restart"): void;
  host: boolean;
}

/** Why people wait for the agent. */
type Wait =
  | { why: "silent" | "detached"; since: number }
  | { why: "starting"; detail: string }
  | { why: "unresponsive" | "ended" | "asleep" };

/** Reports whether people wait for the agent. */
export function agentWaits(room: Room): boolean {
  return waitOf(room) !== null;
}

function waitOf(room: Room): Wait | null {
  // An ended session receives no news of the agent, so the last state is out of date.
  if (room.session.status !== "active") return null;
  const { silentSince, status, detail, connector } = room.agent;
  if (connector?.detachedSince)
    return { why: "detached", since: Date.parse(connector.detachedSince) };
  switch (status) {
    case "exited":
      return { why: room.agent.asleep ? "asleep" : "ended" };
    case "unresponsive":
      return { why: "unresponsive" };
    case "starting":
      if (detail) return { why: "starting", detail };
  }
  return silentSince === undefined ? null : { why: "silent", since: Date.parse(silentSince) };
}

/**
 * Shows that the agent has been silent in a turn, what its start waits for, or that it has
 * ended or does not respond, and what can be done about it.
 */
export function AgentWaits({ room, mayStop, ask, host }: Props) {
  const wait = waitOf(room);
  const now = useNow(wait?.why === "silent");
  if (wait === null) return null;
  const { text, short, spoken } = textsOf(wait, now);
  return (
    <div className="agent-waits">
      <span className="hidden-visually" role="status">
        {spoken}
      </span>
      <span className="cut wide" aria-hidden="true" title={text}>
        {text}
      </span>
      <span className="cut narrow" aria-hidden="true" title={text}>
        {short}
      </span>
      <Remedies why={wait.why} mayStop={mayStop} host={host} ask={ask} />
    </div>
  );
}

function textsOf(wait: Wait, now: number): { text: string; short: string; spoken: string } {
  switch (wait.why) {
    case "silent": {
      const silence = duration(Math.max(1_000, now - wait.since));
      const spoken = t.waits.silentSince(timeOfDay(wait.since));
      return { text: t.waits.silent(silence), short: t.waits.silentShort(silence), spoken };
    }
    case "detached": {
      const at = timeOfDay(wait.since);
      return same(t.waits.detached(at), t.waits.detachedShort(at));
    }
    case "starting": {
      const text = t.waits.starting(marked(wait.detail));
      return { text, short: marked(wait.detail), spoken: text };
    }
    case "unresponsive":
      return same(t.waits.unresponsive, t.waits.unresponsiveShort);
    case "asleep":
      return same(t.waits.asleep, t.waits.asleepShort);
    case "ended":
      return same(t.waits.ended, t.waits.endedShort);
  }
}

function same(text: string, short: string) {
  return { text, short, spoken: text };
}

function Remedies({ why, mayStop, host, ask }: Omit<Props, "room"> & { why: Wait["why"] }) {
  const tools = useTools();
  return (
    <>
      {why === "silent" && mayStop && (
        <Button
          className="wide" // narrow pages have no room for it, and the composer has this button
          size="compact-xs"
          variant="default"
          onClick={() => void tools.run(tools.client.cancel())}
        >
          {t.room.cancelTurn}
        </Button>
      )}
      {host && why === "starting" && (
        <Button size="compact-xs" variant="default" onClick={() => ask("stop")}>
          {t.room.stopAgent}
        </Button>
      )}
      {host && why === "ended" && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => void tools.run(tools.client.restartAgent())}
        >
          {t.room.startAgent}
        </Button>
      )}
      {host && (why === "silent" || why === "unresponsive") && (
        <Button size="compact-xs" variant="default" onClick={() => ask("restart")}>
          {t.room.restartAgent}
        </Button>
      )}
    </>
  );
}
