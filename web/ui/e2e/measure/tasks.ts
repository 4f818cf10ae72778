import type { CDPSession, Page } from "playwright-core";

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds on the processor. */
  tdur?: number;
  args: { name?: string };
}

/**
 * Returns the milliseconds of processor time of each task of the page's main thread
 * while act ran, the longest first. Unlike wall-clock time they do not depend on the
 * load of the machine.
 */
export async function processorTimes(page: Page, act: () => Promise<void>): Promise<number[]> {
  const cdp = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...(value as never as TraceEvent[])));
  await cdp.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel", "devtools.timeline", "loading", "__metadata"] },
  });
  await act();
  await ended(cdp);
  const place = (e: TraceEvent) => `${e.pid}:${e.tid}`;
  const painted = events.find((e) => e.name === "firstContentfulPaint");
  const main = events.find(
    (e) => e.name === "thread_name" && e.args.name === "CrRendererMain" && e.pid === painted?.pid,
  );
  if (!main) throw new Error("the trace does not say which thread is the page's");
  return events
    .filter((e) => e.name.endsWith("RunTask") && place(e) === place(main))
    .map((e) => (e.tdur ?? 0) / 1_000)
    .sort((a, b) => b - a);
}

async function ended(cdp: CDPSession): Promise<void> {
  const complete = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
  await cdp.send("Tracing.end");
  await complete;
}
