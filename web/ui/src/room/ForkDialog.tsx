import { Button, Modal } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import type { CreateAnswer } from "parley-client";

import { forkHistory, forkSession } from "../core/api.ts";
import { remember } from "../core/memory.ts";
import { isForOperators } from "../core/operator.ts";
import { server } from "../core/place.ts";
import type { Room } from "../core/room.ts";
import { marked } from "../core/visible.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { Invite } from "../parts/Invite.tsx";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";

/** Asks whether the agent is to go on from here in a new session as well, and leads there. */
export function ForkDialog({ room, onClose }: { room: Room; onClose(): void }) {
  const { made, busy, error, fork } = useFork(room);
  const begins = useHistory(room);
  return (
    <Modal opened onClose={onClose} title={made ? t.room.forkMade : t.room.forkAsk}>
      <div className="stack">
        {made ? (
          <>
            <Invite session={made.session.id} invite={made.inviteToken} at={room.publicUrl} />
            <Button
              component="a"
              href={`${server()}/s/${made.session.id}`}
              fullWidth
              data-autofocus
            >
              {t.share.enter}
            </Button>
          </>
        ) : (
          <>
            <p>{t.room.forkAbout}</p>
            {begins.forOperators && <p>{t.room.forkForOperators}</p>}
            {begins.text && <p className="breaks">{marked(begins.text)}</p>}
            {error && (
              <p className="breaks" role="alert">
                {marked(error)}
              </p>
            )}
            {begins.forOperators ? (
              <Button component="a" href={`${server()}/`} variant="default" data-autofocus>
                {t.room.startPage}
              </Button>
            ) : (
              <Confirm
                yes={t.room.forkYes}
                danger={false}
                busy={busy || !begins.known}
                onYes={() => void fork()}
                onNo={onClose}
              />
            )}
          </>
        )}
      </div>
    </Modal>
  );
}

/**
 * Says what the new session begins with, or that only operators can make it. Until that is known,
 * nobody can decide.
 */
function useHistory(room: Room) {
  const { hostSessionId } = room.session;
  const [begins, setBegins] = useState({ known: false, text: "", forOperators: false });
  useEffect(() => {
    const given = new AbortController();
    const begin = (text: string, forOperators = false) =>
      given.signal.aborted || setBegins({ known: true, text, forOperators });
    forkHistory(hostSessionId, given.signal).then(
      (history) => begin(t.room.forkBegins[history ?? ""] ?? ""),
      (e: unknown) => (isForOperators(e) ? begin("", true) : begin(errorText(e))),
    );
    return () => given.abort();
  }, [hostSessionId]);
  return begins;
}

/** Makes the new session. Closing the dialog meanwhile gives it up. */
function useFork(room: Room) {
  const [made, setMade] = useState<CreateAnswer | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const attempt = useRef<AbortController | null>(null);
  useEffect(() => () => attempt.current?.abort(), []);
  const fork = async () => {
    const { signal } = (attempt.current = new AbortController());
    setBusy(true);
    setError("");
    try {
      const answer = await forkSession(room.session, room.me, signal);
      remember(answer.session.id, {
        invite: answer.inviteToken,
        participant: {
          id: answer.hostParticipant.id,
          token: answer.hostParticipant.accessToken ?? "",
        },
        role: "host",
        at: Date.now(),
      });
      setMade(answer);
    } catch (e) {
      if (!signal.aborted) setError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  return { made, busy, error, fork };
}
