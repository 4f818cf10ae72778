/**
 * Keeps the state of rows, which are rendered only while they are in sight: what the
 * user has opened, written or decided in them. A key is the path of a part: the row,
 * and the name of the part within it.
 */
export class KeptParts {
  private readonly values = new Map<string, unknown>();
  private readonly listeners = new Set<() => void>();

  /** Keeps the state of up to that many parts. The least recently changed are dropped. */
  constructor(private readonly max = 2_000) {}

  read<T>(path: string, first: T): T {
    return this.values.has(path) ? (this.values.get(path) as T) : first;
  }

  write(path: string, value: unknown): void {
    this.values.delete(path);
    this.values.set(path, value);
    const [oldest] = this.values.keys();
    if (this.values.size > this.max && oldest !== undefined) this.values.delete(oldest);
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/**
 * Names parts so that a part keeps its name when others are added before it: by its
 * kind, and a number if several are of the same kind.
 */
export function namesOf<T>(parts: readonly T[], kindOf: (part: T) => string): string[] {
  const counts = new Map<string, number>();
  return parts.map((part) => {
    const kind = kindOf(part);
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    return n === 1 ? kind : `${kind} ${n}`;
  });
}
