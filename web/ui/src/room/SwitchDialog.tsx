import { Modal, Select } from "@mantine/core";
import { useState } from "react";

import { othersOf } from "../core/agent.ts";
import { marked } from "../core/visible.ts";
import type { Room } from "../core/room.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

/** Asks which agent continues, and whether the conversation may be sent to it. */
export function SwitchDialog({ room, onClose }: { room: Room; onClose(): void }) {
  const tools = useTools();
  const others = othersOf(room.agent);
  const [to, setTo] = useState(others[0] ?? "");
  const name = marked(to);
  return (
    <Modal opened onClose={onClose} title={t.room.switchAgentAsk}>
      <div className="stack">
        {room.agent.profile && <p>{t.room.switchAgentNow(marked(room.agent.profile))}</p>}
        <Select
          label={t.room.switchAgentTo}
          data={others}
          value={to}
          allowDeselect={false}
          onChange={(value) => setTo(value ?? to)}
        />
        <p>{t.room.switchAgentAbout(name)}</p>
        {/* A new question, and so a new wait, for each agent. */}
        <Confirm
          key={to}
          yes={t.room.switchAgentYes(name)}
          danger
          ready={others.includes(to)}
          onYes={() => void tools.run(tools.client.switchAgent(to)).then((ok) => ok && onClose())}
          onNo={onClose}
        />
      </div>
    </Modal>
  );
}
