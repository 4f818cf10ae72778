import { useCallback, useEffect, useState } from "react";

import { ParleyError } from "parley-client";

import { bytes as size } from "../../core/format.ts";
import { Icon } from "../../parts/Icon.tsx";
import { TextButton } from "../../parts/TextButton.tsx";
import { t } from "../../texts.ts";
import { useTools } from "../context.ts";

interface Props {
  /** Whether it is part of a prompt or of a question. */
  of: "approvalId" | "requestId";
  id: string;
  /** The size of the whole. */
  bytes: number;
}

/**
 * Says that a card has only the beginning of what it is about, and loads the rest.
 * Until then the card has no buttons.
 */
export function Rest({ of, id, bytes }: Props) {
  const { store, client } = useTools();
  const [failed, setFailed] = useState(false);
  const load = useCallback(() => {
    setFailed(false);
    store.whole(client, { [of]: id }).catch((error: unknown) => {
      // An item that no longer waits is removed by its event.
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
