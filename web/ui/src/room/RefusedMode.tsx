import { Button } from "@mantine/core";

import { optionById, valueName } from "../core/agentOptions.ts";
import type { Room } from "../core/room.ts";
import { marked } from "../core/visible.ts";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import "./AgentWaits.css";

/** Reports whether prompts wait because the restarted agent refuses its mode. */
export function refusesMode(room: Room): boolean {
  return room.agent.refusedMode !== undefined && room.session.status === "active";
}

/** Shows why prompts wait. The host can keep the agent's mode, or set one in the header. */
export function RefusedMode({ room, host }: { room: Room; host: boolean }) {
  const tools = useTools();
  const refused = room.agent.refusedMode;
  if (!refused) return null;
  const option = optionById(room.agent.configOptions, refused.optionId);
  const mode = marked(valueName(option, refused.value, t.facts.values));
  const text = t.refusedMode.about(mode, marked(refused.reason));
  return (
    <div className="agent-waits">
      <span className="hidden-visually" role="status">
        {text}
      </span>
      <span className="cut wide" aria-hidden="true" title={text}>
        {text}
      </span>
      <span className="cut narrow" aria-hidden="true" title={text}>
        {t.refusedMode.short}
      </span>
      {host && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => void tools.run(tools.client.forgetOption(refused.optionId))}
        >
          {t.refusedMode.keep}
        </Button>
      )}
    </div>
  );
}
