import { Button, Switch } from "@mantine/core";
import { useState } from "react";

import { bellKinds } from "../core/bell.ts";
import { t } from "../texts.ts";
import { askPermission, bellChoice, chooseBell, permissionNow } from "./bell.ts";

/** The choice of notifications. */
export function BellChoices({ session }: { session: string }) {
  const [choice, setChoice] = useState(() => bellChoice(session));
  const [permission, setPermission] = useState(permissionNow);
  return (
    <>
      <p className="soft">{t.bell.about}</p>
      {permission === "denied" && <p role="status">{t.bell.denied}</p>}
      {permission === "default" && (
        <Button
          variant="light"
          onClick={() => void askPermission().then(() => setPermission(permissionNow()))}
        >
          {t.bell.allow}
        </Button>
      )}
      {bellKinds.map((kind) => {
        const [name, about] = t.bell.kinds[kind] ?? [kind, ""];
        return (
          <Switch
            key={kind}
            checked={choice[kind]}
            disabled={permission !== "granted"}
            label={name}
            description={about}
            onChange={(e) => {
              const next = { ...choice, [kind]: e.currentTarget.checked };
              setChoice(next);
              chooseBell(session, next);
            }}
          />
        );
      })}
    </>
  );
}
