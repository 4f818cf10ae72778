import {
  convertCssVariables,
  defaultCssVariablesResolver,
  DEFAULT_THEME,
  keys,
  mergeMantineTheme,
  type ConvertCSSVariablesInput,
} from "@mantine/core";
import type { Plugin } from "vite";

import { cssVariables, theme } from "./src/theme.ts";

const name = "virtual:theme.css";

/**
 * Writes the theme's variables into the style sheet of the build. Mantine would insert
 * them as a style element, which the server's Content-Security-Policy forbids.
 */
export function themeCSS(): Plugin {
  return {
    name: "theme-css",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? variables() : undefined),
  };
}

function variables(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const basis = defaultCssVariablesResolver(merged);
  const own = cssVariables(merged);
  const both = Object.fromEntries(
    keys(basis).map((part) => [part, { ...basis[part], ...own[part] }]),
  ) as unknown as ConvertCSSVariablesInput;
  return convertCssVariables(both, ":root");
}
