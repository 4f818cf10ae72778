import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";

import { t } from "../texts.ts";
import { Icon, type IconName } from "./Icon.tsx";

const choices: [MantineColorScheme, IconName][] = [
  ["light", "sun"],
  ["dark", "moon"],
  ["auto", "globe"],
];

/** The choice of the colour scheme, as menu items. */
export function ThemeItems() {
  // Disabling transitions would insert a style element into the page.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return choices.map(([scheme, icon]) => (
    <Menu.Item
      key={scheme}
      leftSection={<Icon name={icon} />}
      rightSection={colorScheme === scheme ? <Icon name="check" size={14} /> : null}
      onClick={() => setColorScheme(scheme)}
    >
      {t.theme[scheme]}
    </Menu.Item>
  ));
}
