import { Menu } from "@mantine/core";

import { modes } from "../core/rights.ts";
import type { Room } from "../core/room.ts";
import { Icon } from "../parts/Icon.tsx";
import type { PopupProps } from "../parts/Popup.tsx";
import { PopupMenu } from "../parts/PopupMenu.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

interface Props {
  mode: Room["session"]["mode"];
}

/** The modes of a session, of which the host chooses one. */
export function ModeMenu({ mode, ...popup }: Props & PopupProps) {
  const tools = useTools();
  return (
    <PopupMenu {...popup} position="bottom-end" width={300}>
      <Menu.Label>{t.room.changeMode}</Menu.Label>
      {modes.map((m) => (
        <Menu.Item
          key={m}
          rightSection={m === mode ? <Icon name="check" size={14} /> : null}
          onClick={() => m !== mode && void tools.run(tools.client.setMode(m))}
        >
          {t.mode(m).name}
          <span className="command-about">{t.mode(m).about}</span>
        </Menu.Item>
      ))}
    </PopupMenu>
  );
}
