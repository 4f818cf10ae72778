import { Button, Modal } from "@mantine/core";

import type { Room } from "../core/room.ts";
import { SignInWays } from "../parts/SignInWays.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

/** Lets the host sign in to the agent. */
export function SignInDialog({ room, onClose }: { room: Room; onClose(): void }) {
  const tools = useTools();
  const methods = room.agent.authMethods ?? [];
  return (
    <Modal opened onClose={onClose} title={t.signIn.title}>
      <div className="stack">
        <p>{methods.length > 0 ? t.signIn.about : t.signIn.none}</p>
        <SignInWays
          methods={methods}
          busy={room.agent.signingIn?.methodId ?? null}
          failure={room.signInFailure}
          onSignIn={(id) => void tools.run(tools.client.signIn(id))}
        />
        <p className="soft fine">{t.signIn.afterwards}</p>
        <Button
          variant="default"
          onClick={() => void tools.run(tools.client.restartAgent()).then((ok) => ok && onClose())}
        >
          {t.signIn.restart}
        </Button>
      </div>
    </Modal>
  );
}
