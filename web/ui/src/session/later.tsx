import type { ComponentType } from "react";

import { lazily } from "../parts/lazily.tsx";
import { t } from "../texts/outside.ts";
import { StatePage } from "./StatePage.tsx";

/**
 * Returns a component that is loaded when it is first rendered. If that fails, it is a
 * page that says so.
 */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  return lazily(load, NotLoaded);
}

function NotLoaded() {
  return (
    <StatePage
      state="unloaded"
      choices={[{ label: t.state.reload, act: () => location.reload() }]}
    />
  );
}
