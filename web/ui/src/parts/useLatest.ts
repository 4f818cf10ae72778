import { useLayoutEffect, useRef, type RefObject } from "react";

/**
 * Returns a ref that holds the value of the last committed render, for handlers
 * that must not change when the value does.
 */
export function useLatest<T>(value: T): Readonly<RefObject<T>> {
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  });
  return latest;
}
