import { lazy, useEffect, useState, type ComponentType } from "react";

const loads = new Set<() => Promise<unknown>>();

/** Has preloadWhenIdle call a function that loads what a page may need later. */
export function loadWhenIdle(load: () => Promise<unknown>): void {
  loads.add(load);
}

/** A component that is loaded when it is first rendered, or before. */
export type Lazily<P> = ComponentType<P> & { preload(): void };

/**
 * Returns a component that is loaded when it is first rendered. If that fails, because the
 * connection was lost or the server has been updated, another component takes its place, and
 * the next one that is mounted after it tries again.
 */
export function lazily<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  Instead: ComponentType<P>,
): Lazily<P> {
  let loaded: ComponentType<P> | null = null;
  const keep = async () => {
    loads.delete(keep);
    const module = await load();
    loaded = module.default;
    return module;
  };
  loadWhenIdle(keep);
  const attempt = () =>
    lazy(() =>
      keep().catch((error: unknown) => {
        console.warn(error);
        return { default: Failed };
      }),
    );
  let next = attempt();
  function Failed(props: P) {
    useEffect(() => () => void (next = attempt()), []);
    return <Instead {...props} />;
  }
  function Lazily(props: P) {
    // What is loaded is rendered at once: React would show the fallback of a lazy component
    // for a moment. One that is mounted stays the same, so that it keeps its state.
    const [Component] = useState<ComponentType<P>>(() => loaded ?? next);
    return <Component {...props} />;
  }
  return Object.assign(Lazily, { preload: () => void keep().catch(() => {}) }); // it is tried again
}

/** Loads, one after another while the browser is idle, what has not been needed so far. */
export function preloadWhenIdle(): void {
  const idle = window.requestIdleCallback ?? ((f: () => void) => setTimeout(f, 500));
  idle(() => {
    const [load] = loads;
    if (!load) return;
    loads.delete(load);
    void load()
      .catch(() => {}) // it is tried again when it is needed
      .then(preloadWhenIdle);
  });
}
