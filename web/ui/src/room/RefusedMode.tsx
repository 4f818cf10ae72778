import { Button } from "@mantine/core";

import { currentOf, optionOf } from "../core/agent.ts";
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

/** Shows why prompts wait. The host can let them go on in the mode that the
 * agent is in, which the button names, or set one in the header. */
export function RefusedMode({ room, host }: { room: Room; host: boolean }) {
  const tools = useTools();
  const refused = room.agent.refusedMode;
  if (!refused) return null;
  const option = optionById(room.agent.configOptions, refused.optionId);
  const mode = marked(valueName(option, refused.value, t.facts.values));
  const current = optionOf(room.agent, "mode");
  const now = current && currentOf(current);
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
          {now ? t.refusedMode.keep(marked(now.name), now.asksNobody) : t.refusedMode.keepUnknown}
        </Button>
      )}
    </div>
  );
}
