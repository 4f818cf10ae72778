/**
 * What a person has opened in rows that are drawn only while they are in
 * sight, by the path of the part: the row, and the part's name within it.
 */
export class KeptParts {
  private readonly values = new Map<string, unknown>();

  /** At most so many parts are kept; those that were changed longest ago are forgotten. */
  constructor(private readonly most = 2_000) {}

  read<T>(path: string, first: T): T {
    return this.values.has(path) ? (this.values.get(path) as T) : first;
  }

  write(path: string, value: unknown): void {
    this.values.delete(path);
    this.values.set(path, value);
    if (this.values.size > this.most) {
      for (const oldest of this.values.keys()) {
        this.values.delete(oldest);
        return;
      }
    }
  }
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
