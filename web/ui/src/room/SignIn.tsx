import { Button } from "@mantine/core";
import { useState } from "react";

import type { Room } from "../core/room.ts";
import { nameOf } from "../core/name.ts";
import { t } from "../texts.ts";
import { SignInDialog } from "./onDemand.ts";
import "./AgentWaits.css";

/** Reports whether somebody has to sign in to the agent, or is doing so. */
export function wantsSignIn(room: Room): boolean {
  const { needsSignIn, signingIn } = room.agent;
  return room.session.status === "active" && (needsSignIn === true || signingIn !== undefined);
}

/** Says that somebody has to sign in to the agent, and lets the host do it. */
export function SignIn({ room, host }: { room: Room; host: boolean }) {
  const [open, setOpen] = useState(false);
  const { signingIn } = room.agent;
  const text = signingIn
    ? t.signIn.busy(nameOf(signingIn.participant))
    : host
      ? t.signIn.needed
      : t.signIn.neededHost;
  return (
    <div className="agent-waits">
      <span className="hidden-visually" role="status">
        {text}
      </span>
      <span className="cut" aria-hidden="true" title={text}>
        {text}
      </span>
      {host && (
        <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
          {t.signIn.open}
        </Button>
      )}
      {open && <SignInDialog room={room} onClose={() => setOpen(false)} />}
    </div>
  );
}
