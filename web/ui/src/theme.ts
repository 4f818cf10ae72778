import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

import { t } from "./texts/outside.ts";

const parley: MantineColorsTuple = [
  "#eef3ff",
  "#dce5fb",
  "#b6c8f4",
  "#8eaaee",
  "#6b90e8",
  "#4c77de",
  "#2f5fd0",
  "#274fb0",
  "#21438f",
  "#1b3671",
];

// Dark enough for white letters on top.
const red: MantineColorsTuple = [
  "#fdecea",
  "#f9d3cf",
  "#f2aca5",
  "#ea837a",
  "#dd5a50",
  "#c93a30",
  "#b3261e",
  "#9c2019",
  "#861b15",
  "#701611",
];

// Mantine's greys are neutral; these have a tint of the page's blue.
const dark: MantineColorsTuple = [
  "#e4e6e9",
  "#c6cbd1",
  "#a2aab4",
  "#7d868f",
  "#3a4149",
  "#2e343b",
  "#22262b",
  "#191c20",
  "#15181b",
  "#121417",
];

const dialog = {
  closeButtonProps: { "aria-label": t.close },
  // Locking would insert a style element, which the policy forbids; the page
  // below is as high as the window anyway.
  lockScroll: false,
};

export const theme = createTheme({
  primaryColor: "parley",
  primaryShade: { light: 6, dark: 6 },
  colors: { parley, dark, red },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "640" },
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  components: {
    Modal: { defaultProps: { centered: true, ...dialog } },
    Drawer: { defaultProps: dialog },
    // The placeholder is a child that a menu must not have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
  radius: { xs: "3px", sm: "5px", md: "8px", lg: "12px", xl: "18px" },
});

/** Mantine's surfaces take the colours of the page, which styles/base.css defines. */
const surfaces = {
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--soft)",
  "--mantine-color-placeholder": "var(--faint)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-error": "var(--bad)",
};

// Mantine sets these for each scheme, so they must be overridden for each.
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: surfaces,
  dark: surfaces,
});
