import { Menu } from "@mantine/core";

import type { AvailableCommand } from "parley-client";

import { marked } from "../core/visible.ts";
import type { PopupProps } from "../parts/Popup.tsx";
import { PopupMenu } from "../parts/PopupMenu.tsx";
import { t } from "../texts.ts";

interface Props {
  commands: readonly AvailableCommand[];
  onChoose(text: string): void;
}

// Nobody reads a longer menu.
const maxCommands = 50;

/** The commands of the agent. */
export function CommandMenu({ commands, onChoose, ...popup }: Props & PopupProps) {
  return (
    <PopupMenu {...popup} position="top-start" width={320} className="commands">
      <Menu.Label>{t.composer.commands}</Menu.Label>
      {commands.slice(0, maxCommands).map((c) => (
        <Menu.Item key={c.name} onClick={() => onChoose(`/${c.name} `)}>
          <span className="mono">/{marked(c.name)}</span>
          <span className="command-about">{marked(c.description)}</span>
        </Menu.Item>
      ))}
    </PopupMenu>
  );
}
