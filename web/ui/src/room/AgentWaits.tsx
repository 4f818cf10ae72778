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
  onStopAgent(): void;
  host: boolean;
}

/** Reports whether the agent is silent or still starting. */
export function agentWaits(room: Room): boolean {
  return silentSince(room) !== null || startingWith(room) !== null;
}

function silentSince(room: Room): number | null {
  const { silentSince: since, status } = room.agent;
  return since !== undefined && status !== "exited" && isOpen(room) ? Date.parse(since) : null;
}

function startingWith(room: Room): string | null {
  const { status, detail } = room.agent;
  return status === "starting" && detail && isOpen(room) ? detail : null;
}

// An ended session receives no news of the agent, so the last state is out of date.
function isOpen(room: Room): boolean {
  return room.session.status === "active";
}

/** Shows how long the agent has been silent in a turn, or what its start waits for. */
export function AgentWaits({ room, mayStop, onStopAgent, host }: Props) {
  const since = silentSince(room);
  const tools = useTools();
  const now = useNow(since !== null);
  const detail = startingWith(room);
  if (since === null && detail === null) return null;
  const silence = duration(Math.max(1_000, now - (since ?? now)));
  const text = since === null ? t.waits.starting(marked(detail ?? "")) : t.waits.silent(silence);
  return (
    <div className="agent-waits">
      <span className="hidden-visually" role="status">
        {since === null ? text : t.waits.silentSince(timeOfDay(since))}
      </span>
      <span className="cut wide" aria-hidden="true" title={text}>
        {text}
      </span>
      <span className="cut narrow" aria-hidden="true" title={text}>
        {since === null ? marked(detail ?? "") : t.waits.silentShort(silence)}
      </span>
      {since !== null && mayStop && (
        <Button
          className="wide" // narrow pages have no room for it, and the composer has this button
          size="compact-xs"
          variant="default"
          onClick={() => void tools.run(tools.client.cancel())}
        >
          {t.room.cancelTurn}
        </Button>
      )}
      {host && (
        <Button size="compact-xs" variant="default" onClick={onStopAgent}>
          {t.room.stopAgent}
        </Button>
      )}
    </div>
  );
}
