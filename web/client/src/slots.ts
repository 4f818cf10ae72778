/**
 * Grants an event stream to a server. Resolves to a function that gives the slot back,
 * or to undefined if no slot is free.
 */
export type StreamSlots = (server: string) => Promise<(() => void) | undefined>;

/**
 * The number of streams that the tabs of a browser keep open. A browser opens six
 * HTTP/1.1 connections to a server, for all tabs together. A stream occupies one of
 * them; the other three remain for requests.
 */
const streams = 3;

/**
 * The slots that the tabs of a browser share. They are Web Locks, which the browser
 * releases when a tab is closed or crashes. A page outside of a secure context has no
 * locks, and polls. There is no limit in other programs, nor for pages loaded over
 * HTTP/2 or HTTP/3.
 */
export const browserSlots: StreamSlots = async (server) => {
  if (!isPage() || sharesConnection(server)) return () => {};
  for (let i = 0; i < streams; i++) {
    const slot = await lock(`parley stream ${i} ${server}`);
    if (slot) return slot;
  }
  return undefined;
};

function isPage(): boolean {
  return "document" in globalThis || "WorkerGlobalScope" in globalThis;
}

/** Reports whether all requests of the page to the server share one connection. */
function sharesConnection(server: string): boolean {
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return /^h[23]/.test(page?.nextHopProtocol ?? "") && new URL(server).origin === globalThis.origin;
}

/** Takes a lock if it is free. Resolves to a function that releases it. */
function lock(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const taken = (lock: Lock | null) => {
      if (!lock) return resolve(undefined);
      return new Promise<void>((release) => resolve(release));
    };
    const { locks } = navigator as { locks?: LockManager };
    if (!locks) return resolve(undefined);
    locks.request(name, { ifAvailable: true }, taken).catch(() => resolve(undefined));
  });
}
