import { useMantineColorScheme, type MantineColorScheme } from "@mantine/core";

import { t } from "../texts/outside.ts";
import { Icon } from "./Icon.tsx";
import "./ThemeSelect.css";

const schemes: readonly MantineColorScheme[] = ["light", "dark", "auto"];

/** The choice of the colour scheme. Unlike a menu, a native list needs no further script. */
export function ThemeSelect() {
  // Disabling transitions would insert a style element into the page.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <span className="theme-select">
      <Icon name="sun" size={18} />
      <select
        aria-label={t.theme.label}
        title={t.theme.label}
        value={colorScheme}
        onChange={(e) => setColorScheme(e.currentTarget.value as MantineColorScheme)}
      >
        {schemes.map((scheme) => (
          <option key={scheme} value={scheme}>
            {t.theme[scheme as keyof typeof t.theme]}
          </option>
        ))}
      </select>
    </span>
  );
}
