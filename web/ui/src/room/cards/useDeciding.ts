import { useKept } from "../../parts/kept.tsx";
import { useTools } from "../context.ts";
import { useCard } from "./DecisionCard.tsx";

interface Deciding {
  /**
   * Whether a decision is on its way, even one that was made before the card was
   * rendered again.
   */
  busy: boolean;
  /** Sends a decision, unless one is on its way. */
  decide(command: () => Promise<unknown>): void;
}

/** Sends one decision at a time on the card's item. */
export function useDeciding(): Deciding {
  const { run } = useTools();
  const card = useCard();
  const [busy, keepBusy] = useKept("deciding", false);
  const decide = (command: () => Promise<unknown>) => {
    if (busy) return;
    keepBusy(true);
    card.leave();
    // After an acknowledged decision the card stays busy until the event removes it.
    void run(command()).then((done) => !done && keepBusy(false));
  };
  return { busy, decide };
}
