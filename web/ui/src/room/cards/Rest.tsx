import { useCallback, useEffect, useState } from "react";

import { ParleyError } from "parley-client";

import { bytes as size } from "../../core/format.ts";
import { Icon } from "../../parts/Icon.tsx";
import { TextButton } from "../../parts/TextButton.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";

interface Props {
  /** What is fetched: a prompt, or a question of the agent. */
  of: "approvalId" | "requestId";
  id: string;
  /** How long the whole is. */
  bytes: number;
}

/**
 * Says that a card, which has no buttons then, has the beginning alone of what it is about, and
 * fetches the rest, with which the card becomes another.
 */
export function Rest({ of, id, bytes }: Props) {
  const { store, client } = useTools();
  const [failed, setFailed] = useState(false);
  const load = useCallback(() => {
    setFailed(false);
    store.whole(client, { [of]: id }).catch((error: unknown) => {
      // One that does not wait any more is taken away by its event.
      setFailed(!(error instanceof ParleyError) || error.retryable);
    });
  }, [store, client, of, id]);
  useEffect(load, [load]);
  return (
    <p className="wait-rest" role="status">
      <Icon name={failed ? "warn" : "clock"} size={14} />{" "}
      {failed ? t.waiting.restFailed : t.waiting.rest(size(bytes))}{" "}
      {failed && <TextButton onClick={load}>{t.retry}</TextButton>}
    </p>
  );
}
