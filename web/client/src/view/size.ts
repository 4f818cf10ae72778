/** Estimates how many bytes a value takes in memory, within a small factor. */
export function sizeOf(value: unknown): number {
  let size = 0;
  // Not recursive, since an agent may nest its JSON arbitrarily deep.
  const left: unknown[] = [value];
  while (left.length > 0) {
    const v = left.pop();
    if (typeof v === "string") size += v.length;
    if (typeof v !== "object" || v === null) continue;
    const inside = Object.values(v);
    size += 16 + 24 * inside.length;
    for (const member of inside) left.push(member);
  }
  return size;
}

/** Returns the sum of the sizes. */
export function sizeOfAll(values: readonly unknown[]): number {
  return values.reduce<number>((n, v) => n + sizeOf(v), 0);
}
