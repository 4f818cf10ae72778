import { Button } from "@mantine/core";
import { useEffect, useState } from "react";

import { settleMs } from "../core/guard.ts";
import { t } from "../texts.ts";
import "./Confirm.css";

interface Props {
  yes: string;
  /** Whether it ends something for others, too. */
  danger: boolean;
  busy?: boolean;
  /** False while the question is not complete. */
  ready?: boolean;
  onYes(): void;
  onNo(): void;
}

/**
 * The two answers to a question. The focus is on the cancel button, and the other
 * button works only after the question has been in sight for a moment. So neither the
 * key or click that opened the question nor its repetition answers it.
 */
export function Confirm({ yes, danger, busy = false, ready = true, onYes, onNo }: Props) {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(() => setSettled(true), settleMs);
    return () => clearTimeout(timer);
  }, [ready]);
  return (
    <div className="dialog-actions">
      <Button variant="default" data-autofocus onClick={onNo}>
        {t.cancel}
      </Button>
      <Button
        color={danger ? "red" : undefined}
        disabled={!settled}
        loading={busy}
        onKeyDown={(e) => e.repeat && e.preventDefault()}
        onClick={onYes}
      >
        {yes}
      </Button>
    </div>
  );
}
