import { useKept } from "../../parts/kept.tsx";
import { useTools } from "../context.ts";
import { useCard } from "./DecisionCard.tsx";

interface Deciding {
  /** A decision is on its way, also one that was made when the card was drawn earlier. */
  busy: boolean;
  /** Sends a decision, unless one is on its way. */
  decide(command: () => Promise<unknown>): void;
}

/** Decides on a card's item once at a time. */
export function useDeciding(): Deciding {
  const { run } = useTools();
  const card = useCard();
  const [busy, keepBusy] = useKept("deciding", false);
  const decide = (command: () => Promise<unknown>) => {
    if (busy) return;
    keepBusy(true);
    card.leave();
    // A decision that is acknowledged keeps the card busy until the event takes it away.
    void run(command()).then((done) => !done && keepBusy(false));
  };
  return { busy, decide };
}
