import type { Browser, CDPSession, Page } from "playwright-core";

/** Opens a page as a phone does on a mobile network, with an empty cache, and measures it. */

export const slowdown = 4; // of the processor, as of a mid-range phone

export interface Network {
  name: string;
  kilobits: number;
  /** Milliseconds of a round trip. */
  latency: number;
}

/** The networks as WebPageTest and Lighthouse define them. */
export const networks: readonly Network[] = [
  { name: "4G", kilobits: 9_000, latency: 170 },
  { name: "slow 4G", kilobits: 1_600, latency: 150 },
];

export interface Figures {
  firstPaintMs: number;
  largestPaintMs: number;
  /** When the page could be used. */
  readyMs: number;
  /** In wall-clock time, which includes what other programs take from the browser. */
  blockedMs: number;
  shift: number;
  /** What the page loaded until it could be used. */
  scriptBytes: number;
  allBytes: number;
}

/**
 * Opens a page in a new profile, until the selector appears, and then until the network is
 * quiet. The figures of time and bytes are those of the selector's appearance; others include
 * what followed.
 */
export function visit(
  browser: Browser,
  network: Network,
  url: string,
  ready: string,
): Promise<Figures> {
  return inNewProfile(browser, async (page) => {
    await watch(page, ready);
    await slowDown(await page.context().newCDPSession(page), network);
    await page.goto(url);
    await page.locator(ready).waitFor();
    await page.waitForLoadState("networkidle");
    return page.evaluate(() => (window as unknown as { figures(): Figures }).figures());
  });
}

/** Calls the function with a page of a new profile, on a phone's screen. */
export async function inNewProfile<Result>(
  browser: Browser,
  act: (page: Page) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return await act(page);
  } finally {
    await context.close();
  }
}

async function slowDown(cdp: CDPSession, network: Network): Promise<void> {
  const bytesPerSecond = (network.kilobits * 1_000) / 8;
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: network.latency,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
}

async function watch(page: Page, ready: string): Promise<void> {
  await page.addInitScript((selector) => {
    let [largest, blocked, shift, readyAt] = [0, 0, 0, NaN];
    const each = (type: string, f: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(f)).observe({
        type,
        buffered: true,
      });
    each("largest-contentful-paint", (e) => (largest = e.startTime));
    each("longtask", (e) => (blocked += e.duration - 50));
    each("layout-shift", (e) => (shift += (e as unknown as { value: number }).value));
    const observer = new MutationObserver(() => {
      if (!document.querySelector(selector)) return;
      readyAt = performance.now();
      observer.disconnect();
    });
    observer.observe(document, { childList: true, subtree: true });
    const figures = (): Figures => {
      const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      const bytes = (fits: (name: string) => boolean) =>
        files
          .filter((f) => fits(f.name) && f.responseEnd <= readyAt)
          .reduce((sum, f) => sum + f.encodedBodySize, 0);
      return {
        firstPaintMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
        largestPaintMs: largest,
        readyMs: readyAt,
        blockedMs: blocked,
        shift,
        scriptBytes: bytes((name) => name.endsWith(".js")),
        allBytes: bytes(() => true),
      };
    };
    Object.assign(window, { figures });
  }, ready);
}
