import { Button } from "@mantine/core";

import type { HostSession } from "parley-client";

import { duration } from "../core/format.ts";
import { marked } from "../core/visible.ts";
import { useNow } from "../parts/useNow.ts";
import { t } from "../texts.ts";
import "./StartProgress.css";

interface Props {
  /** The agent, as far as it is known. */
  starting: HostSession;
  since: number;
  onGiveUp(): void;
}

/** Shows how a slow start of an agent goes: it may have to be downloaded first. */
export function StartProgress({ starting, since, onGiveUp }: Props) {
  const now = useNow(true);
  return (
    <div className="note start-progress" role="status">
      <span>
        {t.share.starting(starting.agent)} <span aria-hidden="true">{duration(now - since)}</span>
      </span>
      {starting.detail && <span className="soft mono breaks">{marked(starting.detail)}</span>}
      <Button size="compact-xs" variant="default" onClick={onGiveUp}>
        {t.share.giveUp}
      </Button>
    </div>
  );
}
