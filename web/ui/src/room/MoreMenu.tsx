import { Menu } from "@mantine/core";

import { forks, othersOf } from "../core/agent.ts";
import type { Room } from "../core/room.ts";
import { Icon } from "../parts/Icon.tsx";
import type { PopupProps } from "../parts/Popup.tsx";
import { PopupMenu } from "../parts/PopupMenu.tsx";
import { ThemeItems } from "../parts/ThemeItems.tsx";
import { t } from "../texts.ts";
import { askPermission, bellChoice, permissionNow } from "./bell.ts";
import type { DialogName } from "./Header.tsx";

interface Props {
  room: Room;
  host: boolean;
  open(dialog: DialogName): void;
}

/** The menu of the room's header: what one needs now and then. */
export function MoreMenu({ room, host, open, ...popup }: Props & PopupProps) {
  const active = room.session.status === "active";
  return (
    <PopupMenu {...popup} position="bottom-end" width={250}>
      {active && !room.readOnly && (
        <Menu.Item leftSection={<Icon name="file" />} onClick={() => open("changes")}>
          {t.review.open}
        </Menu.Item>
      )}
      {active && <JoinItems open={open} />}
      <Menu.Item leftSection={<Icon name="list" />} onClick={() => open("shortcuts")}>
        {t.room.shortcuts}
      </Menu.Item>
      <NotifyItem session={room.session.id} open={() => open("bell")} />
      <Menu.Divider />
      <Menu.Label>{t.theme.label}</Menu.Label>
      <ThemeItems />
      {active && !room.readOnly && <EndItems room={room} host={host} open={open} />}
    </PopupMenu>
  );
}

/** The items for joining from elsewhere. */
function JoinItems({ open }: Pick<Props, "open">) {
  return (
    <>
      <Menu.Item
        className="only-narrow"
        leftSection={<Icon name="link" />}
        onClick={() => open("invite")}
      >
        {t.invite.title}
      </Menu.Item>
      <Menu.Item leftSection={<Icon name="terminal" />} onClick={() => open("terminal")}>
        {t.room.terminal}
      </Menu.Item>
    </>
  );
}

/** The items for leaving, and for ending what others use. */
function EndItems({ room, host, open }: Props) {
  return (
    <>
      <Menu.Divider />
      <Menu.Item leftSection={<Icon name="leave" />} onClick={() => open("leave")}>
        {t.room.leave}
      </Menu.Item>
      {host && (
        <>
          <Menu.Item leftSection={<Icon name="repeat" />} onClick={() => open("restart")}>
            {t.room.restartAgent}
          </Menu.Item>
          {othersOf(room.agent).length > 0 && (
            <Menu.Item leftSection={<Icon name="spark" />} onClick={() => open("switch")}>
              {t.room.switchAgent}
            </Menu.Item>
          )}
          {forks(room.agent) && (
            <Menu.Item leftSection={<Icon name="copy" />} onClick={() => open("fork")}>
              {t.room.fork}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Icon name="power" />} onClick={() => open("stop")}>
            {t.room.stopAgent}
          </Menu.Item>
          <Menu.Item
            className="danger"
            leftSection={<Icon name="cross" />}
            onClick={() => open("close")}
          >
            {t.room.closeSession}
          </Menu.Item>
        </>
      )}
    </>
  );
}

/** Asks for the permission to show notifications, then opens the dialog to choose them. */
function NotifyItem({ session, open }: { session: string; open(): void }) {
  const permission = permissionNow();
  if (permission === null) return null;
  const ask = permission === "default";
  const on = permission === "granted" && Object.values(bellChoice(session)).some(Boolean);
  return (
    <Menu.Item
      leftSection={<Icon name="bell" />}
      onClick={() => (ask ? void askPermission().then(open) : open())}
    >
      {ask ? t.room.notify : on ? t.room.notifyOn : t.room.notifyOff}
    </Menu.Item>
  );
}
