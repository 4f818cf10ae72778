import { Menu } from "@mantine/core";

import type { Participant } from "parley-client";

import { Icon } from "../parts/Icon.tsx";
import type { PopupProps } from "../parts/Popup.tsx";
import { PopupMenu } from "../parts/PopupMenu.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

interface Props {
  person: Participant;
  onRemove(person: Participant): void;
}

/** What the host can do about a person. */
export function PersonMenu({ person: p, onRemove, ...popup }: Props & PopupProps) {
  const tools = useTools();
  const other = p.role === "viewer" ? "collaborator" : "viewer";
  return (
    <PopupMenu {...popup} position="bottom-end">
      <Menu.Item
        leftSection={<Icon name={other === "viewer" ? "eye" : "chat"} />}
        onClick={() => void tools.run(tools.client.setRole(p.id, other))}
      >
        {other === "viewer" ? t.people.makeViewer : t.people.makeCollaborator}
      </Menu.Item>
      <Menu.Item className="danger" leftSection={<Icon name="cross" />} onClick={() => onRemove(p)}>
        {t.people.remove}
      </Menu.Item>
    </PopupMenu>
  );
}
