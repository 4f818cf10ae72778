/**
 * What a person has opened, written or decided in rows that are drawn only while
 * they are in sight, by the path of the part: the row, and the part's name within it.
 */
export class KeptParts {
  private readonly values = new Map<string, unknown>();
  private readonly listeners = new Set<() => void>();

  /** At most so many parts are kept; those that were changed longest ago are forgotten. */
  constructor(private readonly most = 2_000) {}

  read<T>(path: string, first: T): T {
    return this.values.has(path) ? (this.values.get(path) as T) : first;
  }

  write(path: string, value: unknown): void {
    this.values.delete(path);
    this.values.set(path, value);
    const [oldest] = this.values.keys();
    if (this.values.size > this.most && oldest !== undefined) this.values.delete(oldest);
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/**
 * namesOf gives each of some parts a name that it keeps when others come
 * before it: its kind, and a number where several are of the same kind.
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
