import { Button } from "@mantine/core";

import type { Rights } from "../core/rights.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import "./Quiet.css";

/** Suggests what to do in a room where nothing has been said yet. */
export function Quiet({ rights, onInvite }: { rights: Rights; onInvite(): void }) {
  return (
    <div className="quiet">
      <p className="quiet-title">{t.room.quiet}</p>
      <p className="soft">{t.room.quietAbout(rights.host, rights.talk)}</p>
      {rights.host && (
        <Button variant="light" leftSection={<Icon name="link" size={15} />} onClick={onInvite}>
          {t.invite.title}
        </Button>
      )}
    </div>
  );
}
