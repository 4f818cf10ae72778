import { Button } from "@mantine/core";

import type { AuthMethod } from "parley-client";

import { Visible } from "../content/Visible.tsx";
import { wayOf } from "../core/signIn.ts";
import { marked } from "../core/visible.ts";
import { t } from "../texts.ts";
import { CopyField } from "./CopyField.tsx";
import "./SignInWays.css";

interface Props {
  methods: readonly AuthMethod[];
  /** The id of the method that is being used; null if none is. */
  busy: string | null;
  /** The last attempt, if it has failed. */
  failure?: { methodId: string; reason: string } | null;
  onSignIn(methodId: string): void;
}

/** Lists the ways to sign in to an agent, and how to use each. */
export function SignInWays({ methods, busy, failure, onSignIn }: Props) {
  return (
    <ul className="sign-in-ways">
      {methods.map((m) => (
        <li key={m.id}>
          <p>
            <strong>
              <Visible text={m.name} />
            </strong>
          </p>
          {m.description && (
            <p className="soft fine">
              <Visible text={m.description} />
            </p>
          )}
          <How method={m} busy={busy} onSignIn={onSignIn} />
          {failure?.methodId === m.id && (
            <p className="bad fine" role="alert">
              <Visible text={t.signIn.failed(failure.reason)} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function How({
  method: m,
  busy,
  onSignIn,
}: Omit<Props, "methods" | "failure"> & { method: AuthMethod }) {
  switch (wayOf(m)) {
    case "agent":
      return (
        <Button
          size="xs"
          loading={busy === m.id}
          disabled={busy !== null && busy !== m.id}
          onClick={() => onSignIn(m.id)}
        >
          {t.signIn.use(marked(m.name))}
        </Button>
      );
    case "command":
      return (
        <>
          <p className="soft fine">{t.signIn.command}</p>
          <CopyField text={m.command ?? ""} label={t.signIn.commandOf(marked(m.name))} />
          {m.variables && m.variables.length > 0 && (
            <p className="soft fine">{t.signIn.sameVariables(marked(m.variables.join(", ")))}</p>
          )}
        </>
      );
    case "variables":
      return (
        <p className="soft fine">
          {t.signIn.variables} <code>{marked(m.variables?.join(", ") ?? "")}</code>
        </p>
      );
    case "other":
      return <p className="soft fine">{t.signIn.other}</p>;
  }
}
