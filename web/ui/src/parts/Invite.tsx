import { formatLink } from "parley-client";

import { certificate, isLoopback, server } from "../core/place.ts";
import { t } from "../texts.ts";
import { CopyField } from "./CopyField.tsx";
import { QrCode } from "./QrCode.tsx";
import "./Invite.css";

/** An invite link: to copy, to scan, and for a terminal. */
export function Invite({
  session,
  invite,
  at = server(),
  replacing = false,
}: {
  session: string;
  invite: string;
  /** The server's address for others; by default that of this page. */
  at?: string | undefined;
  /** A new link is being made, so this one is about to stop working. */
  replacing?: boolean;
}) {
  const pending = replacing ? t.invite.replacing : undefined;
  const link = formatLink({ server: at, session, invite, ...certificate() });
  return (
    <div className="invite">
      <p className="soft">{t.invite.about}</p>
      {isLoopback(new URL(at).hostname) && <p className="note">{t.invite.onlyHere}</p>}
      <CopyField label={t.invite.label} copyLabel={t.invite.copy} text={link} pending={pending} />
      <div style={{ visibility: replacing ? "hidden" : "visible" }}>
        <QrCode text={link} label={t.invite.qr} />
      </div>
      <p className="soft">{t.invite.terminal}</p>
      <CopyField label={t.invite.terminal} text={`parley join '${link}'`} pending={pending} />
    </div>
  );
}
