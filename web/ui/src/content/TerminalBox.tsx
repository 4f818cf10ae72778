import type { ReactNode } from "react";

import type { TerminalExit } from "parley-client/view";
import type { TerminalView } from "parley-client/view";
import { marked } from "../core/visible.ts";
import { t } from "../texts.ts";
import { Short } from "./Short.tsx";
import { Terminal } from "./Terminal.tsx";

interface Props {
  /** Undefined until the agent has sent it. */
  terminal: TerminalView | undefined;
  label: string;
  /** Stands below the output, while the command runs and can be stopped. */
  stop?: ReactNode;
}

/** A terminal of the agent: its output, and how its command ended. */
export function TerminalBox({ terminal, label, stop }: Props) {
  if (!terminal) return null;
  const { command, cwd, output, dropped, exit } = terminal;
  return (
    <div className="terminal-box">
      {command !== null && (
        <p className="terminal-note mono">
          <Short text={command} />
        </p>
      )}
      {cwd !== null && (
        <p className="terminal-note mono cut" title={marked(cwd)}>
          {marked(cwd)}
        </p>
      )}
      {dropped > 0 && <p className="terminal-note">{t.tool.dropped(dropped)}</p>}
      {output !== "" && <Terminal output={output} label={label} />}
      {exit === null && terminal.canStop && stop}
      {exit && <p className={`terminal-note${exit.code === 0 ? "" : " bad"}`}>{exitText(exit)}</p>}
    </div>
  );
}

function exitText({ code, signal }: TerminalExit): string {
  if (signal !== null) return t.tool.killed(marked(signal));
  return code === null ? t.tool.ended : t.tool.exited(code);
}
