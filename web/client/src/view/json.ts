/** Reads JSON whose members can have any type. */

/** An object whose members can have any type. */
export type Json = Record<string, unknown>;

/** Reports whether a value is an object, and not a list. */
export function isObject(v: unknown): v is Json {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

/** Returns a string; undefined for anything else. */
export function text(v: unknown): string | undefined {
  return typeof v === "string" ? v : undefined;
}

/** Returns a number; undefined for anything else. */
export function number(v: unknown): number | undefined {
  return typeof v === "number" ? v : undefined;
}

/** Returns a list; an empty one for anything else. */
export function list(v: unknown): unknown[] {
  return Array.isArray(v) ? v : [];
}
