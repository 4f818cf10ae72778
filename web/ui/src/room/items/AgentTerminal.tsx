import type { TerminalRow } from "parley-client/view";

import { Short } from "../../content/Short.tsx";
import { TerminalBox } from "../../content/TerminalBox.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";
import { StopWork } from "./StopWork.tsx";
import "./ToolCard.css";

/** A terminal of the agent that belongs to no tool call. */
export function AgentTerminal({ row: { terminal } }: { row: TerminalRow }) {
  return (
    <section className="card" aria-label={t.tool.terminal}>
      <p className="terminal-head">
        <Icon name="terminal" size={15} className="tool-icon" />
        <span className="mono cut">
          <Short text={terminal.command || t.tool.terminal} />
        </span>
      </p>
      <TerminalBox
        terminal={{ ...terminal, command: null }}
        label={t.tool.terminal}
        stop={<StopWork work={{ terminalId: terminal.id }} name={terminal.command ?? ""} />}
      />
    </section>
  );
}
