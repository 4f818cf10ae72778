/**
 * Asks for leave to keep an event stream open. Resolves to what gives it back,
 * or to undefined where there is none to be had now.
 */
export type StreamSlots = (server: string) => Promise<(() => void) | undefined>;

/**
 * How many streams the tabs of a browser keep open. A browser has six HTTP/1.1
 * connections to a server, for all tabs together: a stream takes one for as long
 * as it lasts, and the other three are for requests.
 */
const streams = 3;

/**
 * The slots that the tabs of a browser share: locks, which the browser takes back
 * from a tab that was closed or has crashed. A page that is not of a secure
 * context has no locks, and does without streams. There is no limit in Node.js,
 * nor for a page that came over HTTP/2 or HTTP/3.
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

/** Whether all requests of the page to the server go over one connection. */
function sharesConnection(server: string): boolean {
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return /^h[23]/.test(page?.nextHopProtocol ?? "") && new URL(server).origin === globalThis.origin;
}

/** Takes a lock that is free, and resolves to what gives it back. */
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
