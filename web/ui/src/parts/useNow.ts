import { useEffect, useState } from "react";

/** Returns the current time in milliseconds, updated every everyMs while wanted is true. */
export function useNow(wanted = true, everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!wanted) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [wanted, everyMs]);
  return now;
}
