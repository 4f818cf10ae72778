import { useEffect, useState } from "react";

/** Has screen readers read out what people write. The agent's stream would never end. */
export function Announcer({ text }: { text: string }) {
  // A live region is read out only when its text changes after it was inserted.
  const [announced, announce] = useState("");
  useEffect(() => announce(text), [text]);
  return (
    <p className="hidden-visually" aria-live="polite">
      {announced}
    </p>
  );
}
