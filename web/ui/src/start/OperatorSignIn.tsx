import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { secretIn, signIn } from "../core/operator.ts";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";
import "./HaveLink.css";
import "./OperatorSignIn.css";

interface Props {
  /** Why an earlier attempt by a link has failed. */
  failed: string | null;
  onSignedIn(): void;
}

/** A form in which an operator of a protected server enters a key or a sign-in link. */
export function OperatorSignIn({ failed, onSignedIn }: Props) {
  const [text, setText] = useState("");
  const [error, setError] = useState(failed);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await signIn(secretIn(text));
      onSignedIn();
    } catch (e) {
      setError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="panel" aria-label={t.operator.title}>
      <h2>{t.operator.title}</h2>
      <p className="soft">{t.operator.about}</p>
      <form
        className="have-link"
        onSubmit={(e) => {
          e.preventDefault();
          void go();
        }}
      >
        <TextInput
          type="password"
          aria-label={t.operator.label}
          placeholder={t.operator.label}
          autoComplete="current-password"
          value={text}
          error={error}
          onChange={(e) => {
            setText(e.currentTarget.value);
            setError(null);
          }}
        />
        <Button type="submit" loading={busy} disabled={text.trim() === ""}>
          {t.operator.go}
        </Button>
      </form>
      <p className="soft fine operator-how">{t.operator.how}</p>
    </section>
  );
}
