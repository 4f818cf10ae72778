import { lazy, type ComponentType } from "react";

/**
 * Returns a component that is loaded when it is first rendered. If that fails, because the
 * connection was lost or the server has been updated, another component takes its place.
 */
export function lazily<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  instead: ComponentType<P>,
) {
  return lazy(() =>
    load().catch((error: unknown) => {
      console.warn(error);
      return { default: instead };
    }),
  );
}
