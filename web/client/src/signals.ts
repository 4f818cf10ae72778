/**
 * What a page learns about its network: that it is gone, or that it may be back. In
 * either case an open connection may be dead.
 */
export type Signal = "offline" | "back";

/** Calls the listener with each signal. Returns a function that stops this. */
export type Signals = (listener: (signal: Signal) => void) => () => void;

/** The signals of a browser. Other programs have none. */
export const browserSignals: Signals = (listener) => {
  const offline = () => listener("offline");
  const back = () => listener("back");
  const visible = () => {
    if (document.visibilityState === "visible") back();
  };
  const { document } = globalThis;
  const all: [EventTarget | undefined, string, () => void][] = [
    [globalThis, "offline", offline],
    [globalThis, "online", back],
    [globalThis, "pageshow", back],
    [document, "visibilitychange", visible],
  ];
  for (const [target, type, handler] of all) target?.addEventListener?.(type, handler);
  return () => {
    for (const [target, type, handler] of all) target?.removeEventListener?.(type, handler);
  };
};
