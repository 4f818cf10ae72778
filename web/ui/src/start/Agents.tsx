import { Button } from "@mantine/core";

import type { AgentProfile, AgentsAnswer, MissingAgent } from "parley-client";

import { Visible } from "../content/Visible.tsx";
import { CopyField } from "../parts/CopyField.tsx";
import { Fold } from "../parts/Fold.tsx";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import "./Agents.css";

interface Props {
  agents: AgentsAnswer | null;
  onShare(name: string): void;
}

/** Lists the agents of the server, and says how to get others. */
export function Agents({ agents, onShare }: Props) {
  const none = agents?.agents.length === 0;
  return (
    <section className="panel" aria-label={t.start.agents}>
      <h2>{t.start.agents}</h2>
      <p className="soft">{none ? t.start.noAgents : t.start.agentsAbout}</p>
      <ul className="agents">
        {agents?.agents.map((a) => (
          <Offered key={a.name} agent={a} onShare={onShare} />
        ))}
      </ul>
      {agents && agents.missing.length > 0 && (
        <Fold name="missing" summary={t.start.getAgents}>
          <p className="soft fine">{t.start.getAgentsAbout}</p>
          <ul className="missing">
            {agents.missing.map((m) => (
              <Missing key={m.name} agent={m} />
            ))}
          </ul>
        </Fold>
      )}
    </section>
  );
}

function Offered({ agent: a, onShare }: { agent: AgentProfile; onShare(name: string): void }) {
  return (
    <li>
      <span className="face face-md face-agent" aria-hidden="true">
        <Icon name="spark" size={14} />
      </span>
      <span className="agent-text">
        <strong className="cut">
          <Visible text={a.name} />
        </strong>
        <span className="soft">
          <Visible text={a.description || (a.title ?? "")} />
        </span>
      </span>
      <Button
        size="xs"
        variant="default"
        aria-label={t.start.startAgent(a.name)}
        onClick={() => onShare(a.name)}
      >
        {t.share.create}
      </Button>
    </li>
  );
}

function Missing({ agent: m }: { agent: MissingAgent }) {
  return (
    <li>
      <p>
        <strong>{m.title}</strong>{" "}
        <a
          href={m.docs}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={t.start.agentDocsOf(m.title)}
        >
          {t.start.agentDocs}
        </a>
      </p>
      {m.install && <CopyField text={m.install} label={t.start.installAgent(m.title)} />}
      <p className="soft fine">{t.start.thenSignIn(m.signIn)}</p>
    </li>
  );
}
