/** Summarises the figures of several runs. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Returns the median, the least and the greatest value of each figure. */
export function table<Figures extends object>(title: string, runs: readonly Figures[]): string {
  const names = Object.keys(runs[0] ?? {}) as (keyof Figures & string)[];
  const lines = names.map((name) => {
    const values = runs.map((r) => Number(r[name]));
    const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
    return `  ${name.padEnd(16)}${short(middle).padStart(9)}   ${short(least)} to ${short(most)}`;
  });
  return [`${title}, median of ${runs.length}:`, ...lines].join("\n");
}

function short(n: number): string {
  return Number.isInteger(n) || Math.abs(n) >= 100 ? n.toFixed(0) : n.toFixed(3);
}
